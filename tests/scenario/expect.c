#include "tests/scenario/expect.h"

#include "daemon/base/text.h"
#include "daemon/view/view.h"

#include <math.h>
#include <sqlite3.h>

static int query(Life *life, const char *sql, char **ret_text, Error *error) {
        sqlite3 *database = NULL;
        sqlite3_stmt *statement = NULL;
        mon_auto_free char *text = NULL;

        int r = sqlite3_open_v2(life->database_path, &database, SQLITE_OPEN_READWRITE, NULL);
        if (r == SQLITE_OK)
                r = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
        if (r == SQLITE_OK)
                r = sqlite3_step(statement);
        if (r == SQLITE_ROW)
                text = mon_strdup((const char *)sqlite3_column_text(statement, 0));
        else
                error_set(error, "%s: %s", sql, r == SQLITE_DONE ? "no row" : sqlite3_errmsg(database));
        sqlite3_finalize(statement);
        sqlite3_close(database);
        if (r != SQLITE_ROW)
                return -EINVAL;
        *ret_text = text ? mon_steal(&text) : mon_strdup("NULL");
        return 0;
}

static bool compares(long long got, const char *operator, long long wanted) {
        if (text_is(operator, "="))
                return got == wanted;
        if (text_is(operator, "!="))
                return got != wanted;
        if (text_is(operator, "<"))
                return got < wanted;
        if (text_is(operator, ">"))
                return got > wanted;
        if (text_is(operator, "<="))
                return got <= wanted;
        return text_is(operator, ">=") && got >= wanted;
}

static int check(bool holds, Error *error, const char *what, const char *got) {
        if (holds)
                return 0;
        error_set(error, "%s: found %s", what, got);
        return -EINVAL;
}

static int check_number(long long got, const Line *line, size_t at, const char *what, Error *error) {
        mon_auto_free char *text = mon_printf("%lld", got);

        if (line->n < at + 2) {
                error_set(error, "an operator and a number are missing");
                return -EINVAL;
        }
        return check(compares(got, line->words[at], strtoll(line->words[at + 1], NULL, 10)), error, what, text);
}

static int expect_state(Life *life, const Line *line, Error *error) {
        Verdict verdict;
        Cause cause;
        mon_auto_free char *state = NULL, *why = NULL;
        mon_auto_free char *sql = mon_printf(
                "SELECT state.state FROM state JOIN target ON target.id = state.target WHERE target.name = '%s'",
                line->words[2]);
        mon_auto_free char *cause_sql = mon_printf(
                "SELECT state.cause FROM state JOIN target ON target.id = state.target WHERE target.name = '%s'",
                line->words[2]);

        if (!verdict_from_name(line->words[3], &verdict)) {
                error_set(error, "no such state: %s", line->words[3]);
                return -EINVAL;
        }
        int r = query(life, sql, &state, error);
        if (r == 0)
                r = check(strtol(state, NULL, 10) == (long)verdict, error, line->words[2],
                          verdict_name((Verdict)strtol(state, NULL, 10)));
        if (r != 0 || line->n < 5)
                return r;
        if (!cause_from_name(line->words[4], &cause)) {
                error_set(error, "no such cause: %s", line->words[4]);
                return -EINVAL;
        }
        r = query(life, cause_sql, &why, error);
        return r == 0 ? check(strtol(why, NULL, 10) == (long)cause, error, line->words[2],
                              cause_name((Cause)strtol(why, NULL, 10)))
                      : r;
}

/* path ID STATE [proven]: as stored; without the word it is not proven. */
static int expect_path(Life *life, const Line *line, Error *error) {
        PathState state;
        mon_auto_free char *got = NULL, *proven = NULL;
        mon_auto_free char *sql = mon_printf("SELECT state FROM path WHERE name = '%s'", line->words[2]);
        mon_auto_free char *proven_sql = mon_printf("SELECT proven FROM path WHERE name = '%s'", line->words[2]);

        if (!path_state_from_name(line->words[3], &state)) {
                error_set(error, "no such state: %s", line->words[3]);
                return -EINVAL;
        }
        int r = query(life, sql, &got, error);
        if (r == 0)
                r = check(strtol(got, NULL, 10) == (long)state, error, line->words[2],
                          path_state_name((PathState)strtol(got, NULL, 10)));
        if (r == 0)
                r = query(life, proven_sql, &proven, error);
        return r == 0 ? check(text_is(proven, line->n > 4 ? "1" : "0"), error, "proven", proven) : r;
}

int expect_line(Life *life, const Line *line, Error *error) {
        const char *what = line->n > 1 ? line->words[1] : "";
        mon_auto_free char *got = NULL;

        if (text_is(what, "state") && line->n >= 4)
                return expect_state(life, line, error);
        if (text_is(what, "path") && line->n >= 4)
                return expect_path(life, line, error);
        if (text_is(what, "requests"))
                return check_number(server_requests(life->web), line, 2, "requests", error);
        if (text_is(what, "count") && line->n >= 5) {
                int r = query(life, line->words[4], &got, error);
                return r == 0 ? check_number(strtoll(got, NULL, 10), line, 2, line->words[4], error) : r;
        }
        if (text_is(what, "text") && line->n >= 4) {
                int r = query(life, line->words[2], &got, error);
                return r == 0 ? check(text_is(got, line->words[3]), error, line->words[2], got) : r;
        }
        error_set(error, "no such expectation: %s", what);
        return -EINVAL;
}

/* --- what always holds ----------------------------------------------------------------------------------------- */

static const struct {
        const char *what, *sql, *answer;
} invariants[] = {
        {"the database is sound", "PRAGMA integrity_check", "ok"},
        {"references hold", "SELECT count(*) FROM pragma_foreign_key_check", "0"},
        {"one incident at a time",
         "SELECT count(*) FROM incident a JOIN incident b ON a.subject = b.subject AND a.id < b.id"
         " WHERE b.opened_ms < coalesce(a.closed_ms, 9e18)",
         "0"},
        {"an incident ends after it began", "SELECT count(*) FROM incident WHERE closed_ms < opened_ms", "0"},
        {"an open incident is its target's",
         "SELECT count(*) FROM incident i WHERE closed_ms IS NULL AND kind = 1 AND NOT EXISTS"
         " (SELECT 1 FROM state s JOIN target t ON t.id = s.target WHERE t.name = i.subject AND s.incident = i.id)",
         "0"},
        {"an open incident is its path's, which is not known to work",
         "SELECT count(*) FROM incident i WHERE closed_ms IS NULL AND kind = 2 AND NOT EXISTS"
         " (SELECT 1 FROM path p WHERE p.name = i.subject AND p.incident = i.id AND p.state IN (3, 4))",
         "0"},
        {"a closed path has its incident",
         "SELECT count(*) FROM path p WHERE state = 3 AND NOT EXISTS"
         " (SELECT 1 FROM incident i WHERE i.kind = 2 AND i.id = p.incident AND i.closed_ms IS NULL)",
         "0"},
        {"a path's changes follow each other",
         "SELECT count(*) FROM (SELECT from_state, at_ms, lag(to_state, 1, 4) OVER path AS before,"
         " lag(at_ms, 1, at_ms) OVER path AS before_ms FROM path_transition WINDOW path AS (PARTITION BY path ORDER BY"
         " id)) WHERE from_state != before OR at_ms < before_ms",
         "0"},
        {"each change of a path told once",
         "SELECT count(*) FROM path_transition h JOIN path p ON p.id = h.path WHERE p.active = 1 AND 1 !="
         " (SELECT count(*) FROM event e WHERE e.kind = 2 AND e.subject = p.name AND e.at_ms = h.decided_ms"
         " AND e.path_from = h.from_state AND e.path_to = h.to_state AND e.since_ms = h.at_ms)",
         "0"},
        {"no event twice", "SELECT count(*) - count(DISTINCT name) FROM event", "0"},
        {"each change of state told once",
         "SELECT (SELECT count(*) FROM transition WHERE decided_ms >= (SELECT min(at_ms) FROM checks)) -"
         " (SELECT count(*) FROM event WHERE from_state != to_state AND at_ms >= (SELECT min(at_ms) FROM checks))",
         "0"},
};

static int sum_uptime(const json_t *row, Error *error) {
        const json_t *seconds = json_object_get(row, "seconds");
        const char *key;
        json_t *value;
        double sum = 0;
        Nsec from, until;

        if (text_parse_time(json_get_text(row, "from", ""), &from) != 0 ||
            text_parse_time(json_get_text(row, "until", ""), &until) != 0) {
                error_set(error, "uptime: no period");
                return -EINVAL;
        }
        json_object_foreach ((json_t *)seconds, key, value)
                sum += json_number_value(value);
        double wanted = (double)((until - from) / NSEC_PER_MSEC) / 1000.0;
        if (fabs(sum - wanted) < 0.0005)
                return 0;
        error_set(error, "uptime of %s: the seconds sum to %.3f, the period is %.3f", json_get_text(row, "subject", ""),
                  sum, wanted);
        return -EINVAL;
}

static int expect_uptime(Life *life, Error *error) {
        mon_cleanup(store_close_p) Store *store = NULL;
        mon_auto_json *document = NULL;
        const ViewLive live = {.now_at_real = clock_at_real(life->clock)};
        ViewFilter filter = {.has_since = true};
        json_t *row;
        size_t i;

        int r = store_open_read_only(life->database_path, &store, error);
        if (r == 0)
                r = text_parse_time(LIFE_BEGINS, &filter.since_at_real);
        filter.since_at_real -= 3600 * NSEC_PER_SEC;
        if (r == 0 && live.now_at_real > filter.since_at_real)
                r = view_uptime(store, &live, &filter, NULL, 0, &document);
        if (r != 0) {
                error_set(error, "uptime cannot be read: %d", r);
                return -EINVAL;
        }
        json_array_foreach (document, i, row) {
                r = sum_uptime(row, error);
                if (r != 0)
                        return r;
        }
        return 0;
}

int expect_always(Life *life, Error *error) {
        for (size_t i = 0; i < mon_count_of(invariants); i++) {
                mon_auto_free char *got = NULL;
                int r = query(life, invariants[i].sql, &got, error);
                if (r == 0)
                        r = check(text_is(got, invariants[i].answer), error, invariants[i].what, got);
                if (r != 0)
                        return r;
        }
        return expect_uptime(life, error);
}
