#include "daemon/store/db.h"

#include "daemon/base/text.h"
#include "probes/probe.h"

static const char sql_find[] = "SELECT t.id, coalesce(s.last_check, 0), coalesce(s.last_verdict, 0),"
                               " (SELECT max(at_ms) FROM checks WHERE target = t.id), t.speaks_max_ms"
                               " FROM target t LEFT JOIN state s ON s.target = t.id WHERE t.name = ?";

int store_find_target(Store *store, const char *name, StoreTarget **ret_target) {
        mon_auto_query query = {0};
        StoreTarget *target = map_get(&store->targets, name);

        /* Another process writes what a read-only store reads, so nothing of it is remembered. */
        if (target && store->writable) {
                *ret_target = target;
                return 0;
        }
        int r = query_begin(&query, store, sql_find);
        if (r < 0)
                return r;
        query_text(&query, name);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : -ENXIO;
        Nsec latest = query_get_msec(&query, 3);
        if (!target) {
                target = mon_new(StoreTarget);
                map_set(&store->targets, name, target);
        }
        *target = (StoreTarget){
                .id = query_get_int(&query, 0),
                .last_check = query_get_int(&query, 1),
                .last_verdict = (int)query_get_int(&query, 2),
                .latest_ms = latest == NSEC_UNKNOWN ? INT64_MIN : query_get_int(&query, 3),
                .speaks_max_ms = query_get_int(&query, 4),
        };
        *ret_target = target;
        return 0;
}

static const char sql_put_target[] =
        "INSERT INTO target (name, kind, title_fr, title_en, active, place, added_ms) VALUES (?1, ?2, ?3, ?4, 1, ?5, "
        "?6)"
        " ON CONFLICT (name) DO UPDATE SET kind = ?2, title_fr = ?3, title_en = ?4, active = 1, place = ?5";

static int put_target(Store *store, const Target *target, size_t place, Nsec at_real) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_put_target);
        if (r < 0)
                return r;
        query_text(&query, target->id);
        query_text(&query, target->driver ? target->driver->name : "");
        query_text(&query, target->title.in[LANGUAGE_FR]);
        query_text(&query, target->title.in[LANGUAGE_EN]);
        query_int(&query, (int64_t)place);
        query_msec(&query, at_real);
        return query_run(&query);
}

static const char sql_all_targets[] = "SELECT name, active FROM target";
static const char sql_drop_target[] = "UPDATE target SET active = 0 WHERE name = ?";

typedef struct KnownTarget {
        char *name;
        bool active;
        bool stays;
} KnownTarget;

typedef struct KnownTargets {
        KnownTarget *items;
        size_t n;
} KnownTargets;

static void known_fini(KnownTargets *known) {
        for (size_t i = 0; i < known->n; i++)
                free(known->items[i].name);
        free(known->items);
}

static int read_known(Store *store, KnownTargets *known) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_all_targets);
        while (r >= 0 && (r = query_step(&query)) == QUERY_ROW) {
                known->items = mon_realloc_array(known->items, known->n + 1, sizeof *known->items);
                known->items[known->n++] = (KnownTarget){
                        .name = mon_strdup(query_get_text(&query, 0)),
                        .active = query_get_int(&query, 1) != 0,
                };
        }
        return r;
}

/* Out of the configuration nobody looks: the last check must not go on speaking. */
static int drop_target(Store *store, const char *name, Nsec at_real) {
        mon_auto_query query = {0};
        int64_t gap;

        int r = query_begin(&query, store, sql_drop_target);
        if (r < 0)
                return r;
        query_text(&query, name);
        r = query_run(&query);
        return r < 0 ? r
                     : store_put_gap(store, name, at_real, NSEC_NEVER, CAUSE_NOT_YET, "not in the configuration", &gap);
}

static int settle_known(Store *store, const KnownTarget *known, Nsec at_real) {
        if (known->active == known->stays)
                return 0;
        return known->stays ? store_close_gap(store, known->name, CAUSE_NOT_YET, at_real)
                            : drop_target(store, known->name, at_real);
}

int store_put_targets(Store *store, Target *const *targets, size_t n, Nsec at_real) {
        mon_cleanup(known_fini) KnownTargets known = {0};

        int r = read_known(store, &known);
        for (size_t i = 0; i < known.n; i++)
                for (size_t j = 0; j < n && !known.items[i].stays; j++)
                        known.items[i].stays = text_is(known.items[i].name, targets[j]->id);
        for (size_t i = 0; i < known.n && r >= 0; i++)
                r = settle_known(store, &known.items[i], at_real);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = put_target(store, targets[i], i, at_real);
        return r;
}

static const char sql_put_state[] =
        "INSERT INTO state (target, state, cause, since_ms, confirmed, confirmed_since_ms, run_class, run_length,"
        " run_began_ms, not_observed, not_observed_since_ms, last_check_ms, last_counted_ms, history, history_length,"
        " flapping, incident, paused, banner_text, notice_text, notice_from_ms, notice_until_ms, last_check,"
        " last_verdict, key_sha256, expiring_ms)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (target) DO UPDATE SET (state, cause, since_ms, confirmed, confirmed_since_ms, run_class, "
        "run_length,"
        " run_began_ms, not_observed, not_observed_since_ms, last_check_ms, last_counted_ms, history, history_length,"
        " flapping, incident, paused, banner_text, notice_text, notice_from_ms, notice_until_ms, last_check,"
        " last_verdict, key_sha256, expiring_ms) ="
        " (excluded.state, excluded.cause, excluded.since_ms, excluded.confirmed, excluded.confirmed_since_ms,"
        " excluded.run_class, excluded.run_length, excluded.run_began_ms, excluded.not_observed,"
        " excluded.not_observed_since_ms, excluded.last_check_ms, excluded.last_counted_ms, excluded.history,"
        " excluded.history_length, excluded.flapping, excluded.incident, excluded.paused, excluded.banner_text,"
        " excluded.notice_text, excluded.notice_from_ms, excluded.notice_until_ms, excluded.last_check,"
        " excluded.last_verdict, excluded.key_sha256, excluded.expiring_ms)";

int store_put_state(Store *store, const char *target, const TargetState *state) {
        mon_auto_query query = {0};
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = query_begin(&query, store, sql_put_state);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_int(&query, state->state);
        query_int(&query, state->cause);
        query_msec(&query, state->since_at_real);
        query_int(&query, state->confirmed);
        query_msec(&query, state->confirmed_since_at_real);
        query_int(&query, state->run_class);
        query_int(&query, state->run_length);
        query_msec(&query, state->run_began_at_real);
        query_int(&query, state->not_observed);
        query_msec(&query, state->not_observed_since_at_real);
        query_msec(&query, state->last_check_at_real);
        query_msec(&query, state->last_counted_at_real);
        query_int(&query, (int64_t)state->history);
        query_int(&query, state->history_length);
        query_int(&query, state->flapping);
        query_int_or_null(&query, state->incident, state->incident != 0);
        query_int(&query, state->paused_by_file ? 2 : state->paused);
        query_text(&query, state->banner_text);
        query_text(&query, state->notice_text);
        query_msec(&query, state->notice_from_at_real);
        query_msec(&query, state->notice_until_at_real);
        query_int_or_null(&query, row->last_check, row->last_check != 0);
        query_int_or_null(&query, row->last_verdict, row->last_verdict != 0);
        query_blob(&query, state->has_key ? state->key.bytes : NULL, SHA256_BYTES);
        query_msec(&query, state->expiring_at_real);
        return query_run(&query);
}

static const char sql_load_state[] =
        "SELECT s.state, s.cause, s.since_ms, s.confirmed, s.confirmed_since_ms, s.run_class, s.run_length,"
        " s.run_began_ms, s.not_observed, s.not_observed_since_ms, s.last_check_ms, s.last_counted_ms, s.history,"
        " s.history_length, s.flapping, coalesce(s.incident, 0), s.paused, s.banner_text, s.notice_text,"
        " s.notice_from_ms, s.notice_until_ms, coalesce(s.last_verdict, 0), s.key_sha256,"
        " s.expiring_ms FROM state s JOIN target t ON t.id = s.target WHERE t.name = ?";

static void read_state(const Query *query, TargetState *state) {
        target_state_init(state);
        state->state = (Verdict)query_get_int(query, 0);
        state->cause = (Cause)query_get_int(query, 1);
        state->since_at_real = query_get_msec(query, 2);
        state->confirmed = (Verdict)query_get_int(query, 3);
        state->confirmed_since_at_real = query_get_msec(query, 4);
        state->run_class = (VerdictClass)query_get_int(query, 5);
        state->run_length = (int)query_get_int(query, 6);
        state->run_began_at_real = query_get_msec(query, 7);
        state->not_observed = (int)query_get_int(query, 8);
        state->not_observed_since_at_real = query_get_msec(query, 9);
        state->last_check_at_real = query_get_msec(query, 10);
        state->last_counted_at_real = query_get_msec(query, 11);
        state->history = (uint64_t)query_get_int(query, 12);
        state->history_length = (int)query_get_int(query, 13);
        state->flapping = query_get_int(query, 14) != 0;
        state->incident = query_get_int(query, 15);
        state->paused = query_get_int(query, 16) != 0;
        state->paused_by_file = query_get_int(query, 16) == 2;
        state->banner_text = mon_strdup(query_get_text(query, 17));
        state->notice_text = mon_strdup(query_get_text(query, 18));
        state->notice_from_at_real = query_get_msec(query, 19);
        state->notice_until_at_real = query_get_msec(query, 20);
        state->has_key = query_get_sha256(query, 22, &state->key);
        state->expiring_at_real = query_get_msec(query, 23);
}

int store_load_state(Store *store, const char *target, TargetState *ret_state, Verdict *ret_last_verdict) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_load_state);
        if (r < 0)
                return r;
        query_text(&query, target);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        read_state(&query, ret_state);
        *ret_last_verdict = (Verdict)query_get_int(&query, 21);
        return 0;
}
