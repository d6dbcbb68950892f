#include "daemon/api/internal.h"

#include "daemon/api/resources.h"
#include "daemon/base/text.h"

#include <stdio.h>

const Route api_routes[] = {
        {"GET", "/v1/status", PARAM_TARGET, get_status},
        {"GET", "/v1/targets", 0, get_targets},
        {"GET", "/v1/targets/*", 0, get_target},
        {"GET", "/v1/targets/*/history", PARAM_LIST, get_history},
        {"GET", "/v1/uptime", PARAM_TARGET | PARAM_SINCE | PARAM_UNTIL, get_uptime},
        {"GET", "/v1/incidents", PARAM_LIST | PARAM_TARGET | PARAM_PATH | PARAM_OPEN, get_incidents},
        {"GET", "/v1/incidents/*", 0, get_incident},
        {"GET", "/v1/banners", PARAM_LIST | PARAM_TARGET, get_banners},
        {"GET", "/v1/notices", PARAM_LIST | PARAM_TARGET, get_notices},
        {"GET", "/v1/content", PARAM_LIST | PARAM_TARGET, get_content},
        {"GET", "/v1/reports", PARAM_LIST | PARAM_TARGET, get_reports},
        {"GET", "/v1/events", PARAM_LIST | PARAM_TARGET | PARAM_PATH, get_events},
        {"GET", "/v1/events/stream", 0, stream_open},
        {"GET", "/v1/deliveries", PARAM_LIST | PARAM_FAILED | PARAM_PENDING, get_deliveries},
        {"GET", "/v1/silences", 0, get_silences},
        {"GET", "/v1/export", PARAM_FORMAT | PARAM_SINCE | PARAM_UNTIL | PARAM_TARGET, get_export},
        {"GET", "/v1/health", 0, get_health},
        {"GET", "/v1/version", 0, get_version},
        {"POST", "/v1/report", 0, post_report},
        {"POST", "/v1/check", 0, post_check},
        {"POST", "/v1/pause", 0, post_pause},
        {"POST", "/v1/resume", 0, post_resume},
        {"POST", "/v1/reload", 0, post_reload},
        {"POST", "/v1/silence", 0, post_silence},
        {"POST", "/v1/unsilence", 0, post_unsilence},
        {"POST", "/v1/deliveries/*/retry", 0, post_retry},
        {"POST", "/v1/notify/test", 0, post_notify_test},
        {"POST", "/v1/notify/enable", 0, post_notify_enable},
        {0},
};

/* Segment by segment; captures are copies. */
static bool fits(const char *pattern, const char *path, char *ret_captures[static API_CAPTURES_MAX]) {
        size_t n = 0;
        char *captures[API_CAPTURES_MAX] = {NULL};

        while (*pattern && *path) {
                if (*pattern != '*') {
                        if (*pattern++ != *path++)
                                break;
                        continue;
                }
                size_t len = strcspn(path, "/");
                if (len == 0 || n == API_CAPTURES_MAX)
                        break;
                captures[n++] = mon_strndup(path, len);
                pattern++;
                path += len;
        }
        if (*pattern || *path) {
                for (size_t i = 0; i < n; i++)
                        free(captures[i]);
                return false;
        }
        for (size_t i = 0; i < API_CAPTURES_MAX; i++) {
                free(ret_captures[i]);
                ret_captures[i] = captures[i];
        }
        return true;
}

const Route *route_find(const char *method, const char *path, char *ret_captures[static API_CAPTURES_MAX],
                        char **ret_allow) {
        const char *asked = text_is(method, "HEAD") ? "GET" : method;
        bool get = false, post = false;

        *ret_allow = NULL;
        /* Exact patterns stand before nothing else: "events/stream" has no rival with a capture. */
        for (const Route *route = api_routes; route->method; route++) {
                if (!fits(route->pattern, path, ret_captures))
                        continue;
                if (text_is(route->method, asked))
                        return route;
                get = get || text_is(route->method, "GET");
                post = post || text_is(route->method, "POST");
        }
        if (get || post)
                *ret_allow = mon_printf("%s%s%s", get ? "GET, HEAD" : "", get && post ? ", " : "", post ? "POST" : "");
        return NULL;
}
