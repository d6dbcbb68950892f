#include "daemon/api/internal.h"

#include "daemon/base/text.h"

#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <sys/queue.h>

/* Each gives NULL, or what is wrong with the value (to free). */
typedef char *ParamFn(const Request *request, const char *value, Query *query);

static char *read_time(const Request *request, const char *value, Nsec *ret_at_real) {
        Nsec span, at;

        if (text_parse_time(value, &at) == 0) {
                *ret_at_real = at;
                return NULL;
        }
        if (text_parse_duration(value, &span) == 0) {
                at = clock_at_real(loop_clock(request->api->loop)) - span;
                *ret_at_real = at > 0 ? at : 0;
                return NULL;
        }
        return mon_printf("takes a time as in RFC 3339 (2026-01-31T09:00:00Z) or a duration before now (7d)");
}

static char *read_since(const Request *request, const char *value, Query *query) {
        return read_time(request, value, &query->since_at_real);
}

static char *read_until(const Request *request, const char *value, Query *query) {
        return read_time(request, value, &query->until_at_real);
}

static char *read_limit(const Request *request, const char *value, Query *query) {
        int64_t limit;

        (void)request;
        if (text_parse_int(value, 1, API_LIMIT_MAX, &limit) != 0)
                return mon_printf("takes a number from 1 to %d", API_LIMIT_MAX);
        query->limit = (int)limit;
        return NULL;
}

static char *read_cursor(const Request *request, const char *value, Query *query) {
        (void)request;
        mon_replace(&query->cursor, value);
        return NULL;
}

static char *read_target(const Request *request, const char *value, Query *query) {
        (void)request;
        if (query->targets.n >= API_TARGETS_MAX)
                return mon_printf("may be given %d times at most", API_TARGETS_MAX);
        list_add(&query->targets, mon_strdup(value));
        return NULL;
}

static char *read_yes(const char *value, bool *ret_yes) {
        if (!*value || text_is(value, "true") || text_is(value, "1")) {
                *ret_yes = true;
                return NULL;
        }
        return text_is(value, "false") || text_is(value, "0") ? NULL : mon_strdup("takes true or false");
}

static char *read_open(const Request *request, const char *value, Query *query) {
        (void)request;
        return read_yes(value, &query->open);
}

static char *read_failed(const Request *request, const char *value, Query *query) {
        (void)request;
        return read_yes(value, &query->failed);
}

static char *read_pending(const Request *request, const char *value, Query *query) {
        (void)request;
        return read_yes(value, &query->pending);
}

static char *read_format(const Request *request, const char *value, Query *query) {
        (void)request;
        mon_replace(&query->format, value);
        return NULL;
}

static char *read_path(const Request *request, const char *value, Query *query) {
        (void)request;
        mon_replace(&query->path, value);
        return NULL;
}

static const struct {
        const char *name;
        unsigned bit;
        ParamFn *fn;
} params[] = {
        {"since", PARAM_SINCE, read_since},       {"until", PARAM_UNTIL, read_until},
        {"limit", PARAM_LIMIT, read_limit},       {"cursor", PARAM_CURSOR, read_cursor},
        {"target", PARAM_TARGET, read_target},    {"open", PARAM_OPEN, read_open},
        {"format", PARAM_FORMAT, read_format},    {"failed", PARAM_FAILED, read_failed},
        {"pending", PARAM_PENDING, read_pending}, {"path", PARAM_PATH, read_path},
};

void query_fini(Query *query) {
        list_each (char, target, &query->targets)
                free(target);
        list_fini(&query->targets);
        free(query->cursor);
        free(query->format);
        free(query->path);
        *query = (Query){0};
}

static void refuse_unknown(Request *request, const char *name, unsigned allowed) {
        const char *names[mon_count_of(params)];
        size_t n = 0;

        for (size_t i = 0; i < mon_count_of(params); i++)
                if (allowed & params[i].bit)
                        names[n++] = params[i].name;
        mon_auto_free char *clean = text_clean_copy(name, API_TEXT_PARAM_MAX);
        const char *near = text_nearest(clean, names, n);
        if (near)
                reply_problem(request, &problem_bad_request, json_pack("{ss}", "did_you_mean", near),
                              "unknown parameter \"%s\"; did you mean \"%s\"?", clean, near);
        else
                reply_problem(request, &problem_bad_request, NULL, "unknown parameter \"%s\"", clean);
}

/* false: refused, and answered. */
static bool read_param(Request *request, const char *name, const char *value, unsigned allowed, unsigned *seen,
                       Query *query) {
        for (size_t i = 0; i < mon_count_of(params); i++) {
                if (!text_is(name, params[i].name) || !(allowed & params[i].bit))
                        continue;
                mon_auto_free char *wrong = NULL;
                if ((*seen & params[i].bit) && params[i].bit != PARAM_TARGET)
                        wrong = mon_strdup("is given twice");
                else if (strlen(value) > API_TEXT_PARAM_MAX || !text_is_utf8(value, strlen(value)))
                        wrong = mon_strdup("is too long, or no UTF-8");
                else
                        wrong = params[i].fn(request, value, query);
                *seen |= params[i].bit;
                if (wrong)
                        reply_problem(request, &problem_bad_request, NULL, "parameter \"%s\" %s", name, wrong);
                return !wrong;
        }
        refuse_unknown(request, name, allowed);
        return false;
}

bool query_read(Request *request, const char *text, unsigned allowed, Query *ret_query) {
        struct evkeyvalq pairs;
        unsigned seen = 0;
        bool good = true;

        *ret_query = (Query){.since_at_real = NSEC_UNKNOWN, .until_at_real = NSEC_UNKNOWN, .limit = API_LIMIT_DEFAULT};
        if (!text || !*text)
                return true;
        if (evhttp_parse_query_str(text, &pairs) < 0) {
                reply_problem(request, &problem_bad_request, NULL, "the query is not of the form name=value&…");
                return false;
        }
        struct evkeyval *pair;
        TAILQ_FOREACH(pair, &pairs, next) {
                good = read_param(request, pair->key, pair->value, allowed, &seen, ret_query);
                if (!good)
                        break;
        }
        evhttp_clear_headers(&pairs);
        if (good && ret_query->since_at_real != NSEC_UNKNOWN && ret_query->until_at_real != NSEC_UNKNOWN &&
            ret_query->since_at_real > ret_query->until_at_real) {
                reply_problem(request, &problem_bad_request, NULL, "\"since\" is after \"until\"");
                good = false;
        }
        return good;
}
