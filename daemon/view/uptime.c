#include "daemon/view/view.h"

#include "daemon/view/shape.h"

#define UPTIME_PERIOD_FALLBACK (90 * INT64_C(86400) * NSEC_PER_SEC)

typedef struct Breakdowns {
        int64_t from_ms, until_ms, now_ms;
        int64_t n, begun;
        int64_t longest_ms, sum_ms;
} Breakdowns;

static int add_breakdown(void *userdata, const Incident *incident) {
        Breakdowns *sum = userdata;
        int64_t opened = shape_msec(incident->opened_at_real);
        int64_t end = incident->closed_at_real == NSEC_UNKNOWN ? sum->now_ms : shape_msec(incident->closed_at_real);
        int64_t begin = opened > sum->from_ms ? opened : sum->from_ms;

        end = end < sum->until_ms ? end : sum->until_ms;
        if (end < begin)
                end = begin;
        sum->n++;
        sum->begun += opened >= sum->from_ms;
        sum->sum_ms += end - begin;
        if (end - begin > sum->longest_ms)
                sum->longest_ms = end - begin;
        return 0;
}

static json_t *share(bool known, double value) {
        return known ? json_real(value) : json_null();
}

static void set_totals(json_t *document, const AccountTotals *totals) {
        json_t *seconds = json_object(), *unconfirmed = json_object();
        double availability = 0, coverage = 0;
        bool available_known = account_availability(totals, &availability);
        bool coverage_known = account_coverage(totals, &coverage);

        for (int state = VERDICT_UP; state < ACCOUNT_STATES; state++)
                json_set(seconds, account_state_name(state), json_seconds(totals->ms[state]));
        json_set(document, "seconds", seconds);
        json_set(document, "availability", share(available_known, availability));
        json_set(document, "coverage", share(coverage_known, coverage));
        json_set(unconfirmed, "checks", json_integer(totals->unconfirmed_checks));
        json_set(unconfirmed, "seconds", json_seconds(totals->unconfirmed_ms));
        json_set(document, "unconfirmed", unconfirmed);
}

/* The mean time to repair is over the incidents seen in the period, as far as they lie in it; the mean time between
 * failures is the available time for each one that began in it. */
static void set_breakdowns(json_t *document, const Breakdowns *sum, int64_t available_ms) {
        json_set(document, "incidents", json_integer(sum->n));
        json_set(document, "longest_s", sum->n > 0 ? json_seconds(sum->longest_ms) : json_null());
        json_set(document, "mtbf_s", sum->begun > 0 ? json_seconds(available_ms / sum->begun) : json_null());
        json_set(document, "mttr_s", sum->n > 0 ? json_seconds(sum->sum_ms / sum->n) : json_null());
}

static int sum_breakdowns(Store *store, const char *subject, SubjectKind kind, Breakdowns *sum) {
        StorePage page = store_page_all();

        page.target = subject;
        page.kind = kind;
        page.since_ms = sum->from_ms;
        page.until_ms = sum->until_ms;
        return store_each_incident(store, &page, add_breakdown, sum);
}

static void set_subject(json_t *document, const char *subject, SubjectKind kind, const Breakdowns *period) {
        json_set(document, "subject", json_text(subject));
        json_set(document, "kind", json_text(subject_kind_name(kind)));
        json_set(document, "from", json_time(period->from_ms * NSEC_PER_MSEC));
        json_set(document, "until", json_time(period->until_ms * NSEC_PER_MSEC));
        json_set(document, "rule", json_text(ACCOUNT_RULE));
}

static int uptime_of(Store *store, const char *target, const Breakdowns *period, json_t *rows) {
        mon_auto_json *document = json_object();
        Breakdowns sum = *period;
        AccountTotals totals;

        int r = store_account(store, target, period->from_ms, period->until_ms, period->now_ms, 0, &totals);
        if (r != 0)
                return r == STORE_E_NOT_FOUND ? VIEW_E_NOT_FOUND : r;
        r = sum_breakdowns(store, target, SUBJECT_TARGET, &sum);
        if (r != 0)
                return r;
        set_subject(document, target, SUBJECT_TARGET, period);
        set_totals(document, &totals);
        set_breakdowns(document, &sum, account_available_ms(&totals));
        json_add(rows, mon_steal(&document));
        return 0;
}

static void set_path_totals(json_t *document, const PathTotals *totals) {
        json_t *seconds = json_object();
        double availability = 0, coverage = 0;
        bool available_known = path_account_availability(totals, &availability);
        bool coverage_known = path_account_coverage(totals, &coverage);

        for (PathState state = PATH_OPEN; state <= PATH_STATE_MAX; state++)
                json_set(seconds, path_state_name(state), json_seconds(totals->ms[state]));
        json_set(document, "seconds", seconds);
        json_set(document, "availability", share(available_known, availability));
        json_set(document, "coverage", share(coverage_known, coverage));
}

static int uptime_of_path(Store *store, const char *path, const Breakdowns *period, json_t *rows) {
        mon_auto_json *document = json_object();
        Breakdowns sum = *period;
        PathTotals totals;

        int r = store_account_path(store, path, period->from_ms, period->until_ms, period->now_ms, &totals);
        if (r == 0)
                r = sum_breakdowns(store, path, SUBJECT_PATH, &sum);
        if (r != 0)
                return r == STORE_E_NOT_FOUND ? VIEW_E_NOT_FOUND : r;
        set_subject(document, path, SUBJECT_PATH, period);
        set_path_totals(document, &totals);
        set_breakdowns(document, &sum, totals.ms[PATH_OPEN] + totals.ms[PATH_IMPAIRED]);
        json_add(rows, mon_steal(&document));
        return 0;
}

typedef struct Names {
        char **items;
        size_t n;
} Names;

static void names_fini(Names *names) {
        for (size_t i = 0; i < names->n; i++)
                free(names->items[i]);
        free(names->items);
}

static void take_name(Names *names, const char *name) {
        names->items = mon_realloc_array(names->items, names->n + 1, sizeof *names->items);
        names->items[names->n++] = mon_strdup(name);
}

static int add_target(void *userdata, const StoreTargetRow *row) {
        take_name(userdata, row->name);
        return 0;
}

static int add_path(void *userdata, const StorePathRow *row) {
        take_name(userdata, row->name);
        return 0;
}

/* All that the configuration has: the paths first. */
static int uptime_of_all(Store *store, const ViewFilter *filter, const Breakdowns *period, json_t *rows) {
        mon_cleanup(names_fini) Names paths = {0}, targets = {0};

        int r = filter->target ? 0 : store_each_path(store, NULL, add_path, &paths);
        if (r == 0)
                r = store_each_target(store, filter->target, add_target, &targets);
        if (r == 0 && filter->target && targets.n == 0)
                r = VIEW_E_NOT_FOUND;
        for (size_t i = 0; i < paths.n && r == 0; i++)
                r = uptime_of_path(store, paths.items[i], period, rows);
        for (size_t i = 0; i < targets.n && r == 0; i++)
                r = uptime_of(store, targets.items[i], period, rows);
        return r;
}

int view_uptime(Store *store, const ViewLive *live, const ViewFilter *filter, const char *const *subjects, size_t n,
                json_t **ret_document) {
        mon_auto_json *rows = json_array();
        Nsec until =
                filter->has_until && filter->until_at_real != NSEC_NEVER ? filter->until_at_real : live->now_at_real;
        Nsec since = filter->has_since ? filter->since_at_real : until - UPTIME_PERIOD_FALLBACK;
        Breakdowns period = {
                .from_ms = shape_msec(since),
                .until_ms = shape_msec(until > since ? until : since),
                .now_ms = shape_msec(live->now_at_real),
        };

        int r = subjects ? 0 : uptime_of_all(store, filter, &period, rows);
        for (size_t i = 0; subjects && i < n && r == 0; i++) {
                r = uptime_of(store, subjects[i], &period, rows);
                if (r == VIEW_E_NOT_FOUND)
                        r = uptime_of_path(store, subjects[i], &period, rows);
        }
        if (r != 0)
                return r;
        *ret_document = mon_steal(&rows);
        return 0;
}
