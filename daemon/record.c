#include "daemon/record.h"

#include "daemon/base/log.h"

#include <assert.h>
#include <string.h>

static void path_free_all(RecordPath *path) {
        if (!path)
                return;
        path_result_fini(&path->result);
        free(path->id);
        free(path->target);
        free(path->detail);
        free(path->banner);
        free(path);
}

void record_free(Record *record) {
        if (!record)
                return;
        free(record->target);
        observation_free(record->observation);
        engine_result_fini(&record->result);
        content_fini(&record->content);
        content_change_fini(&record->content_change);
        free(record->gap_why);
        free(record->closed);
        path_free_all(record->path);
        report_free(record->report);
        free(record);
}

Record *record_new(Watch *watch) {
        Record *record = mon_new(Record);

        record->watch = watch;
        record->closed_cut_at_real = NSEC_UNKNOWN;
        record->target = watch ? mon_strdup(watch->target->id) : NULL;
        return record;
}

/* Said when it begins: what is watched in vain would otherwise look as if it never changed. */
static void follow_unread(const Observation *seen, Watch *watch) {
        if (verdict_class(seen->verdict) != CLASS_AVAILABLE || seen->content.is_unread == watch->content_unread)
                return;
        watch->content_unread = seen->content.is_unread;
        if (watch->content_unread)
                log_warning(
                        "%s: what is watched of it cannot be read: its 'watch' or 'ignore' costs too much on this page",
                        watch->target->id);
        else
                log_notice("%s: what is watched of it can be read again", watch->target->id);
}

Record *record_new_path(const char *path, const PathReason *reason, PathResult *result) {
        Record *record = record_new(NULL);

        record->path = mon_new(RecordPath);
        *record->path = (RecordPath){
                .id = mon_strdup(path),
                .result = *result,
                .decided_at_real = reason->decided_at_real,
                .target = mon_strdup(reason->target),
                .verdict = reason->verdict,
                .cause = reason->cause,
                .detail = mon_strdup(reason->detail),
                .banner = mon_strdup(reason->banner_text),
        };
        *result = (PathResult){0};
        if (record->path->result.event)
                record->result.events[record->result.n_events++] = mon_steal(&record->path->result.event);
        return record;
}

void record_follow_content(Record *record, Watch *watch) {
        Observation *seen = record->observation;
        EngineResult *result = &record->result;

        follow_unread(seen, watch);
        record->content_seen = content_counts(seen);
        record->content_at_real = seen->at_real;
        record->content_step = record->content_seen ? content_step(&watch->content, &seen->content) : CONTENT_SAME;
        if (record->content_step == CONTENT_CHANGED) {
                assert(result->n_events < LOOK_EVENTS_MAX);
                content_compare(&watch->content, &seen->content, &record->content_change);
                result->events[result->n_events++] = content_event(watch->target, seen, &record->content_change);
                result->keep_body = true;
        }
        if (record->content_step != CONTENT_SAME) {
                content_copy(&watch->content, &seen->content);
                record->content = seen->content;
                seen->content = (Content){0};
        }
        content_fini(&seen->content);
}

void record_restate_content(Record *record, const Watch *watch, Nsec at_real) {
        if (!watch->content.text)
                return;
        content_copy(&record->content, &watch->content);
        record->content_step = CONTENT_FIRST;
        record->content_at_real = at_real;
}

bool record_is_plain_check(const Record *record) {
        return record->observation && record->result.n_events == 0 && record->gap_step == GAP_NONE &&
               record->result.incident_change == INCIDENT_SAME && !record->result.notice_gone &&
               record->content_step == CONTENT_SAME;
}

size_t record_body_bytes(const Record *record) {
        size_t bytes = record->content.text ? strlen(record->content.text) : 0;

        for (size_t i = 0; record->observation && i < record->observation->n_hops; i++)
                bytes += record->observation->hops[i].body.cap;
        return bytes;
}

void record_drop_bodies(Record *record) {
        if (record->observation)
                observation_drop_hops(record->observation);
        record->keep_body = false;
        content_fini(&record->content);
        record->content_step = CONTENT_SAME;
        record->content_seen = false;
}

static int write_gap(Store *store, const Record *record) {
        int64_t gap;

        switch (record->gap_step) {
        case GAP_NONE:
                return 0;
        case GAP_CLOSE:
                return store_close_gap(store, record->target, record->gap_cause, record->gap_until_at_real);
        default:
                return store_put_gap(store, record->target, record->gap_from_at_real, record->gap_until_at_real,
                                     record->gap_cause, record->gap_why, &gap);
        }
}

static int write_closed(Store *store, const Record *record) {
        int64_t gap;
        int r = 0;

        if (record->closed_cut_at_real != NSEC_UNKNOWN)
                r = store_cut_gaps(store, record->target, CAUSE_OUTSIDE_HOURS, record->closed_cut_at_real);
        for (size_t i = 0; r == 0 && i < record->n_closed; i++)
                r = store_put_gap(store, record->target, record->closed[i].from_at_real,
                                  record->closed[i].until_at_real, CAUSE_OUTSIDE_HOURS, NULL, &gap);
        return r;
}

static int write_check(Store *store, const Record *record) {
        const Observation *seen = record->observation;
        int64_t check;

        if (!seen)
                return 0;
        int r = store_put_check(store, record->target, seen, record->speaks_until_at_real, &check);
        if (r == 0 && record->keep_body)
                r = store_put_hops(store, check, seen, record->daily);
        if (r == 0 && seen->banner_text)
                r = store_put_banner(store, record->target, seen->banner_text, seen->banner_rule, seen->at_real);
        if (r == 0 && record->result.notice_seen)
                r = store_put_notice(store, record->target, &seen->announcement, seen->at_real);
        if (r == 0 && record->result.notice_gone)
                r = store_end_notices(store, record->target, seen->at_real);
        return r;
}

static int write_incident(Store *store, const Record *record) {
        const EngineResult *result = &record->result;
        const Incident *incident = &result->incident;
        const Observation *seen = record->observation;

        if (result->incident_change == INCIDENT_SAME)
                return 0;
        int r = store_put_incident(store, incident);
        if (r == 0)
                r = store_match_notices(store, incident);
        if (r == 0 && !seen) /* stated anew, with nothing to add */
                return 0;
        if (r == 0 && result->incident_change == INCIDENT_OPENED)
                r = store_put_incident_line(store, incident->id, incident->opened_at_real, "opened", incident->state,
                                            incident->cause, seen->detail);
        if (r != 0)
                return r;
        const char *what = result->incident_change == INCIDENT_OPENED   ? "confirmed"
                           : result->incident_change == INCIDENT_CLOSED ? "closed"
                                                                        : "changed";
        Nsec at_real = result->incident_change == INCIDENT_CLOSED ? incident->closed_at_real : seen->at_real;
        const char *text = seen->banner_text ? seen->banner_text : seen->detail;
        return store_put_incident_line(store, incident->id, at_real, what, seen->verdict, seen->cause, text);
}

static int put_path_line(Store *store, const RecordPath *path, Nsec at_real, const char *what, const char *text) {
        return store_put_path_line(store, path->result.incident.id, at_real, what, path->target, path->verdict,
                                   path->cause, text);
}

static int write_path_incident(Store *store, const RecordPath *path) {
        const PathResult *result = &path->result;
        const char *text = path->banner ? path->banner : path->detail;

        if (result->incident_change == INCIDENT_SAME)
                return 0;
        int r = store_put_incident(store, &result->incident);
        if (r != 0 || result->line == PATH_LINE_NONE) /* stated anew, with nothing to add */
                return r;
        if (result->line == PATH_LINE_OPENED) {
                r = put_path_line(store, path, result->incident.opened_at_real, path_line_name(result->line),
                                  path->detail);
                return r != 0 ? r : put_path_line(store, path, path->decided_at_real, "confirmed", text);
        }
        bool is_over = result->incident_change == INCIDENT_CLOSED;
        return put_path_line(store, path, is_over ? result->incident.closed_at_real : path->decided_at_real,
                             path_line_name(result->line), text);
}

static int write_path(Store *store, const RecordPath *path) {
        const PathResult *result = &path->result;

        int r = store_put_path_status(store, path->id, &result->next);
        if (r == 0 && result->has_transition)
                r = store_put_path_transition(store, path->id, &result->transition, path->target, path->verdict,
                                              path->cause);
        /* It left the configuration before this database had heard of it. */
        if (r == -ENXIO)
                r = 0;
        return r != 0 ? r : write_path_incident(store, path);
}

static int write_content(Store *store, const Record *record) {
        if (record->content_step != CONTENT_SAME)
                return store_put_content(store, record->target, &record->content, record->content_step,
                                         &record->content_change, record->content_at_real);
        return record->content_seen ? store_see_content(store, record->target, record->content_at_real) : 0;
}

/* What hangs on the target's row. */
static int write_of_target(Store *store, const Record *record) {
        int r = write_gap(store, record);

        if (r == 0)
                r = write_closed(store, record);
        if (r == 0 && record->report)
                r = store_put_report(store, record->target, record->report);
        if (r == 0)
                r = write_check(store, record);
        if (r == 0 && record->result.has_transition)
                r = store_put_transition(store, record->target, &record->result.transition);
        if (r == 0 && record->has_state)
                r = store_put_state(store, record->target, &record->result.next);
        if (r == 0 && record->absent_status != 0)
                r = store_put_absent(store, record->target, record->absent_status, record->absent_at_real);
        if (r == 0)
                r = write_content(store, record);
        return r;
}

int record_write(const Record *record, Store *store) {
        const EngineResult *result = &record->result;
        int r = write_of_target(store, record);

        /* It left the configuration before this database had heard of it. */
        if (r == -ENXIO && !record->watch)
                r = 0;
        if (r == 0)
                r = write_incident(store, record);
        if (r == 0 && record->path)
                r = write_path(store, record->path);
        for (size_t i = 0; r == 0 && i < result->n_events; i++)
                r = store_put_event(store, result->events[i]);
        return r;
}
