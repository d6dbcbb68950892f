/* What each route does, one file per resource. Each ends its request, now or later. */
#pragma once

#include "daemon/api/internal.h"

/* routes_status.c */
void get_status(Request *request);
void get_targets(Request *request);
void get_target(Request *request);
void get_health(Request *request);
void get_version(Request *request);
/* routes_history.c */
void get_history(Request *request);
void get_uptime(Request *request);
void get_banners(Request *request);
void get_notices(Request *request);
void get_content(Request *request);
void get_events(Request *request);
/* routes_report.c */
void get_reports(Request *request);
void post_report(Request *request);
/* routes_incidents.c */
void get_incidents(Request *request);
void get_incident(Request *request);
/* routes_notify.c */
void get_deliveries(Request *request);
void get_silences(Request *request);
void post_silence(Request *request);
void post_unsilence(Request *request);
void post_retry(Request *request);
void post_notify_test(Request *request);
void post_notify_enable(Request *request);
/* routes_export.c */
void get_export(Request *request);
/* routes_command.c */
void post_check(Request *request);
void post_pause(Request *request);
void post_resume(Request *request);
void post_reload(Request *request);

/* --- what commands share (routes_command.c) */

/* The request waits for the host from now on. */
ApiCall *command_begin(Request *request);
/* Refuses members that the command does not have; false: answered. */
bool command_has_only(Request *request, const char *const *names, size_t n);
/* The one target that the body names; NULL: refused, and answered. It borrows from the body. */
const char *command_take_target(Request *request);

/* --- what they share (resource.c) */

/* The database; NULL: answered 503. */
Store *resource_store(Request *request);
const ViewLive *resource_live(const Request *request);
/* At most one known target in the query; false: refused, and answered. */
bool resource_takes_one_target(Request *request);
/* Where "target" may name a path too: at most so many, each known; false: refused, and answered. */
bool resource_takes_subjects(Request *request, size_t most);
/* Where "path" may stand: a known one, and no target beside it; false: refused, and answered. */
bool resource_takes_path(Request *request);
/* Ends a request with what a view gave: 0, a negative errno, or VIEW_E_*. `what` names what was asked for, for 404. */
void resource_reply(Request *request, int result, json_t *document, const char *what);
/* A page: the rows, and a Link header (RFC 8288) to the next one. */
void resource_reply_page(Request *request, int result, ViewPage *page);
/* The query as a view takes it; it borrows from the request. */
ViewFilter resource_filter(const Request *request);
/* 404 with "did you mean", from the targets that the store knows or (`configured`) the configuration has. */
void resource_refuse_target(Request *request, const char *id, bool configured);
bool resource_knows_target(const Request *request, const char *id, bool configured);
