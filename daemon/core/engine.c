#include "daemon/core/engine.h"

#include "daemon/base/text.h"
#include "daemon/core/evaluate.h"

#include <assert.h>
#include <string.h>

static Event *add_event(EngineResult *result, EventType type, const Target *target, Nsec at_real) {
        assert(result->n_events < ENGINE_EVENTS_MAX);
        Event *event = mon_event_new(type, at_real);

        event->kind = SUBJECT_TARGET;
        event->subject = mon_strdup(target->id);
        title_copy(&event->title, &target->title);
        result->events[result->n_events++] = event;
        return event;
}

/* What the deciding check saw, and the incident that it belongs to. */
static void fill_event(Event *event, const Observation *observation, const Incident *incident) {
        event->verdict = observation->verdict;
        event->cause = observation->cause;
        event->detail = mon_strdup(observation->detail);
        event->http_status = observation->http_status;
        event->banner = mon_strdup(observation->banner_text);
        if (observation->n_hops > 0)
                event->url = mon_strdup(observation->hops[observation->n_hops - 1].url);
        if (incident && incident->id != 0) {
                event->incident = incident->id;
                event->incident_opened_at_real = incident->opened_at_real;
                event->incident_closed_at_real = incident->closed_at_real;
        }
}

static void open_incident(const Target *target, const Observation *observation, const TargetState *state, int64_t id,
                          EngineResult *result) {
        result->incident_change = INCIDENT_OPENED;
        result->incident = (Incident){
                .id = id,
                .kind = SUBJECT_TARGET,
                .subject = mon_strdup(target->id),
                .state = observation->verdict,
                .worst = observation->verdict,
                .cause = observation->cause,
                .opened_at_real = state->confirmed_since_at_real,
                .confirmed_at_real = observation->at_real,
                .closed_at_real = NSEC_UNKNOWN,
                .banner_text = mon_strdup(observation->banner_text),
                .banner_rule = mon_strdup(observation->banner_rule),
        };
        result->next.incident = id;
}

static void change_incident(const Observation *observation, const Incident *open, EngineResult *result) {
        bool first_banner = observation->banner_text && !open->banner_text;

        if (open->state == observation->verdict && open->cause == observation->cause && !first_banner)
                return;
        incident_copy(&result->incident, open);
        result->incident_change = INCIDENT_CHANGED;
        result->incident.state = observation->verdict;
        result->incident.cause = observation->cause;
        if (verdict_badness(observation->verdict) > verdict_badness(open->worst))
                result->incident.worst = observation->verdict;
        if (first_banner) {
                mon_replace(&result->incident.banner_text, observation->banner_text);
                mon_replace(&result->incident.banner_rule, observation->banner_rule);
        }
}

static void close_incident(const Incident *open, Nsec at_real, EngineResult *result) {
        incident_copy(&result->incident, open);
        result->incident_change = INCIDENT_CLOSED;
        result->incident.closed_at_real = at_real > open->opened_at_real ? at_real : open->opened_at_real;
        result->next.incident = 0;
}

static void follow_incident(const Target *target, const Observation *observation, const Incident *open,
                            const Evaluation *evaluation, int64_t new_id, EngineResult *result) {
        if (!evaluation->confirmed)
                return;
        bool unavailable = verdict_class(observation->verdict) == CLASS_UNAVAILABLE;

        if (unavailable && open)
                change_incident(observation, open, result);
        else if (unavailable)
                open_incident(target, observation, &result->next, new_id, result);
        else if (open)
                close_incident(open, result->next.confirmed_since_at_real, result);
}

/* Whether this look could have seen a banner, so that its absence says something. */
static bool saw_the_page(const Observation *observation) {
        return verdict_class(observation->verdict) != CLASS_NOT_OBSERVED && !cause_is_transport(observation->cause);
}

static bool follow_banner(const Target *target, const Observation *observation, const Incident *incident,
                          EngineResult *result) {
        TargetState *next = &result->next;
        EventType type;

        if (text_is(next->banner_text, observation->banner_text))
                return false;
        if (observation->banner_text)
                type = next->banner_text ? EVENT_BANNER_CHANGED : EVENT_BANNER_SEEN;
        else if (saw_the_page(observation))
                type = EVENT_BANNER_GONE;
        else
                return false;

        Event *event = add_event(result, type, target, observation->at_real);
        fill_event(event, observation, incident);
        if (type == EVENT_BANNER_GONE)
                mon_replace(&event->banner, next->banner_text);
        mon_replace(&next->banner_text, observation->banner_text);
        return true;
}

/* What cannot be read at this look is no news. */
static bool is_moved(Nsec told_at_real, Nsec seen_at_real) {
        return seen_at_real != NSEC_UNKNOWN && seen_at_real != told_at_real;
}

static bool is_told(const TargetState *state, const Announcement *announced) {
        return text_is(state->notice_text, announced->text) &&
               !is_moved(state->notice_from_at_real, announced->from_at_real) &&
               !is_moved(state->notice_until_at_real, announced->until_at_real);
}

static void remember_notice(TargetState *state, const Announcement *announced) {
        bool is_other = !text_is(state->notice_text, announced->text);

        if (is_other || announced->from_at_real != NSEC_UNKNOWN)
                state->notice_from_at_real = announced->from_at_real;
        if (is_other || announced->until_at_real != NSEC_UNKNOWN)
                state->notice_until_at_real = announced->until_at_real;
        mon_replace(&state->notice_text, announced->text);
}

/* Whether the site itself spoke, so that what it does not announce any more is gone. An error page in its place takes
 * nothing back. */
static bool is_own_word(const Observation *observation) {
        return verdict_class(observation->verdict) == CLASS_AVAILABLE || observation->verdict == VERDICT_MAINTENANCE;
}

static void follow_notice(const Target *target, const Observation *observation, EngineResult *result) {
        const Announcement *announced = &observation->announcement;
        /* While the page is down for it, a span is the excuse of the present, not a notice of something to come. */
        bool is_notice = announced->text && verdict_class(observation->verdict) == CLASS_AVAILABLE;

        if (!is_notice) {
                result->notice_gone = result->next.notice_text && is_own_word(observation);
                if (result->notice_gone)
                        remember_notice(&result->next, &(Announcement){NULL, NSEC_UNKNOWN, NSEC_UNKNOWN});
                return;
        }
        result->notice_seen = true;
        if (is_told(&result->next, announced))
                return;
        Event *event = add_event(result, EVENT_NOTICE_ANNOUNCED, target, observation->at_real);
        fill_event(event, observation, NULL);
        mon_replace(&event->banner, announced->text);
        event->notice_from_at_real = announced->from_at_real;
        event->notice_until_at_real = announced->until_at_real;
        remember_notice(&result->next, announced);
}

/* A key that changes with a renewal is usual, and so told apart from a certificate that ends. */
static void follow_certificate(const Target *target, const Observation *observation, EngineResult *result) {
        TargetState *next = &result->next;

        if (observation->cause == CAUSE_CERTIFICATE_EXPIRING &&
            next->expiring_at_real != observation->certificate_expires_at_real) {
                Event *event = add_event(result, EVENT_CERTIFICATE_EXPIRING, target, observation->at_real);
                fill_event(event, observation, NULL);
                next->expiring_at_real = observation->certificate_expires_at_real;
        }
        if (!observation->has_key)
                return;
        if (next->has_key && memcmp(&next->key, &observation->key, sizeof next->key) != 0) {
                char before[SHA256_HEX_MAX], now[SHA256_HEX_MAX];
                sha256_hex(&next->key, before);
                sha256_hex(&observation->key, now);
                Event *event = add_event(result, EVENT_CERTIFICATE_CHANGED, target, observation->at_real);
                fill_event(event, observation, NULL);
                mon_auto_free char *detail = mon_printf("the public key is %s, before it was %s", now, before);
                mon_replace(&event->detail, detail);
        }
        next->has_key = true;
        next->key = observation->key;
}

static void set_transition(EngineResult *result, Verdict from, Verdict to, Cause cause, Nsec at_real,
                           Nsec decided_at_real) {
        result->has_transition = true;
        result->transition = (Transition){
                .from = from, .to = to, .cause = cause, .at_real = at_real, .decided_at_real = decided_at_real};
}

void engine_step(const Target *target, const TargetState *before, const Incident *open, const Observation *observation,
                 Verdict last_verdict, int64_t new_incident_id, EngineResult *ret_result) {
        EngineResult result = {0};
        Evaluation evaluation;

        target_state_copy(&result.next, before);
        evaluate_step(target, observation, &result.next, &evaluation);
        follow_incident(target, observation, open, &evaluation, new_incident_id, &result);
        const Incident *incident = result.incident_change != INCIDENT_SAME ? &result.incident : open;
        if (evaluation.changed) {
                set_transition(&result, evaluation.from, evaluation.to, observation->cause, evaluation.at_real,
                               observation->at_real);
                Event *event = add_event(&result, event_type_of_state(evaluation.to), target, observation->at_real);
                fill_event(event, observation, incident);
                event->from = evaluation.from;
                event->to = evaluation.to;
                event->since_at_real = evaluation.at_real;
        }
        bool banner_changed = follow_banner(target, observation, incident, &result);
        follow_notice(target, observation, &result);
        follow_certificate(target, observation, &result);
        result.keep_body = last_verdict != observation->verdict || banner_changed || evaluation.changed;
        *ret_result = result;
}

/* From now on nobody looks, by our own will: no run goes on, and an open incident stays open. */
static void stop_looking(const TargetState *before, Cause cause, TargetState *next) {
        target_state_copy(next, before);
        next->run_class = CLASS_NOT_OBSERVED;
        next->run_length = 0;
        next->run_began_at_real = NSEC_UNKNOWN;
        next->not_observed = 0;
        next->not_observed_since_at_real = NSEC_UNKNOWN;
        next->cause = cause;
}

static void become_unknown(const Target *target, const TargetState *before, Cause cause, Nsec at_real, bool always_told,
                           EngineResult *result) {
        if (before->state != VERDICT_UNKNOWN) {
                set_transition(result, before->state, VERDICT_UNKNOWN, cause, at_real, at_real);
                result->next.state = VERDICT_UNKNOWN;
                result->next.since_at_real = at_real;
        }
        if (!always_told && before->state == VERDICT_UNKNOWN)
                return;
        Event *event = add_event(result, EVENT_TARGET_UNKNOWN, target, at_real);
        event->from = before->state;
        event->to = VERDICT_UNKNOWN;
        event->since_at_real = at_real;
        event->verdict = VERDICT_UNKNOWN;
        event->cause = cause;
}

void engine_pause(const Target *target, const TargetState *before, bool paused, Nsec at_real,
                  EngineResult *ret_result) {
        EngineResult result = {0};
        Cause cause = paused ? CAUSE_PAUSED : CAUSE_NOT_YET;

        stop_looking(before, cause, &result.next);
        result.next.paused = paused;
        result.next.paused_by_file = paused && before->paused_by_file;
        become_unknown(target, before, cause, at_real, paused, &result);
        *ret_result = result;
}

void engine_close(const Target *target, const TargetState *before, Nsec at_real, EngineResult *ret_result) {
        EngineResult result = {0};

        stop_looking(before, CAUSE_OUTSIDE_HOURS, &result.next);
        become_unknown(target, before, CAUSE_OUTSIDE_HOURS, at_real, true, &result);
        *ret_result = result;
}

void engine_reopen(const TargetState *before, EngineResult *ret_result) {
        EngineResult result = {0};

        stop_looking(before, CAUSE_NOT_YET, &result.next);
        *ret_result = result;
}

void engine_result_fini(EngineResult *result) {
        target_state_fini(&result->next);
        incident_fini(&result->incident);
        for (size_t i = 0; i < result->n_events; i++)
                mon_event_free(result->events[i]);
        *result = (EngineResult){0};
}
