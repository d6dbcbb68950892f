#include "daemon/core/path.h"

#include "daemon/base/text.h"

#include <assert.h>

/* --- the judgement --------------------------------------------------------------------------------------------- */

PathState path_channel_state(const Verdict *steps, size_t n) {
        PathState state = PATH_OPEN;

        for (size_t i = 0; i < n; i++) {
                VerdictClass class = verdict_class(steps[i]);
                if (class == CLASS_UNAVAILABLE)
                        return PATH_CLOSED;
                if (class == CLASS_NOT_OBSERVED)
                        state = PATH_UNKNOWN;
        }
        return state;
}

PathState path_state_over(const PathState *channels, size_t n, bool *ret_proven) {
        size_t open = 0, closed = 0;

        for (size_t i = 0; i < n; i++) {
                open += channels[i] == PATH_OPEN;
                closed += channels[i] == PATH_CLOSED;
        }
        *ret_proven = n > 0 && closed == n;
        if (open > 0)
                return closed > 0 ? PATH_IMPAIRED : PATH_OPEN;
        return closed > 0 ? PATH_CLOSED : PATH_UNKNOWN;
}

static bool fails_worse(const PathStep *step, const PathStep *than) {
        return verdict_class(step->state) == CLASS_UNAVAILABLE &&
               (!than->target || verdict_badness(step->state) > verdict_badness(than->state));
}

void path_judge(const Path *path, PathStepFn *step_of, void *userdata, PathJudgement *ret_judgement) {
        PathJudgement judgement = {0};

        assert(path->n_channels <= PATH_CHANNELS_MAX);
        for (size_t i = 0; i < path->n_channels; i++) {
                const Channel *channel = &path->channels[i];
                Verdict states[PATH_STEPS_MAX];
                assert(channel->n_steps <= PATH_STEPS_MAX);
                for (size_t j = 0; j < channel->n_steps; j++) {
                        PathStep step = step_of(userdata, channel->steps[j]);
                        states[j] = step.state;
                        if (fails_worse(&step, &judgement.failing))
                                judgement.failing = step;
                }
                judgement.channels[i] = path_channel_state(states, channel->n_steps);
        }
        judgement.state = path_state_over(judgement.channels, path->n_channels, &judgement.proven);
        *ret_judgement = judgement;
}

bool path_has_step(const Path *path, const char *target) {
        for (size_t i = 0; i < path->n_channels; i++)
                for (size_t j = 0; j < path->channels[i].n_steps; j++)
                        if (text_is(path->channels[i].steps[j], target))
                                return true;
        return false;
}

/* --- what follows from it -------------------------------------------------------------------------------------- */

void path_status_init(PathStatus *status) {
        *status = (PathStatus){.state = PATH_UNKNOWN, .since_at_real = NSEC_UNKNOWN};
}

const char *path_line_name(PathLine line) {
        static const char *const names[PATH_LINE_COUNT] = {"",         "opened",  "changed", "proven",
                                                           "unproven", "unknown", "closed",  "left"};
        return names[line >= 0 && line < PATH_LINE_COUNT ? line : 0];
}

/* The ids of the channels that nobody knows of, a space between; NULL: none. */
static char *unknown_channels(const Path *path, const PathJudgement *now) {
        char *ids = NULL;

        for (size_t i = 0; i < path->n_channels; i++) {
                if (now->channels[i] != PATH_UNKNOWN)
                        continue;
                char *more = mon_printf("%s%s%s", ids ? ids : "", ids ? " " : "", path->channels[i].id);
                free(ids);
                ids = more;
        }
        return ids;
}

/* How the path fails: the deciding step's way if that is what failed, else that of the worst that does. */
static PathStep failing_step(const PathJudgement *now, const PathReason *reason) {
        if (reason->target && verdict_class(reason->verdict) == CLASS_UNAVAILABLE)
                return (PathStep){reason->target, reason->verdict, reason->cause};
        return now->failing;
}

static void open_incident(const Path *path, const PathJudgement *now, const PathReason *reason, int64_t id,
                          PathResult *result) {
        PathStep failing = failing_step(now, reason);

        result->incident_change = INCIDENT_OPENED;
        result->line = PATH_LINE_OPENED;
        result->next.incident = id;
        result->incident = (Incident){
                .id = id,
                .kind = SUBJECT_PATH,
                .subject = mon_strdup(path->id),
                .state = failing.state,
                .worst = failing.state,
                .cause = failing.cause,
                .opened_at_real = result->next.since_at_real,
                .confirmed_at_real = reason->decided_at_real,
                .closed_at_real = NSEC_UNKNOWN,
                .banner_text = mon_strdup(reason->banner_text),
                .banner_rule = mon_strdup(reason->banner_rule),
        };
}

static PathLine line_of_change(const PathStatus *before, const PathJudgement *now, const PathStep *failing,
                               const Incident *open) {
        if (now->state == PATH_UNKNOWN)
                return before->state == PATH_UNKNOWN ? PATH_LINE_NONE : PATH_LINE_UNKNOWN;
        if (now->proven != before->proven)
                return now->proven ? PATH_LINE_PROVEN : PATH_LINE_UNPROVEN;
        bool other = failing->state != open->state || failing->cause != open->cause;
        return other || before->state == PATH_UNKNOWN ? PATH_LINE_CHANGED : PATH_LINE_NONE;
}

static void change_incident(const PathStatus *before, const Incident *open, const PathJudgement *now,
                            const PathReason *reason, PathResult *result) {
        PathStep failing = failing_step(now, reason);

        result->line = line_of_change(before, now, &failing, open);
        if (result->line == PATH_LINE_NONE)
                return;
        result->incident_change = INCIDENT_CHANGED;
        incident_copy(&result->incident, open);
        Incident *incident = &result->incident;
        if (now->state == PATH_CLOSED) {
                incident->state = failing.state;
                incident->cause = failing.cause;
                if (verdict_badness(failing.state) > verdict_badness(incident->worst))
                        incident->worst = failing.state;
        }
        if (!incident->banner_text && reason->banner_text) {
                mon_replace(&incident->banner_text, reason->banner_text);
                mon_replace(&incident->banner_rule, reason->banner_rule);
        }
}

static void close_incident(const Incident *open, Nsec at_real, PathLine line, PathResult *result) {
        incident_copy(&result->incident, open);
        result->incident_change = INCIDENT_CLOSED;
        result->incident.closed_at_real = at_real > open->opened_at_real ? at_real : open->opened_at_real;
        result->line = line;
        result->next.incident = 0;
}

static void set_transition(const PathStatus *before, PathState to, bool proven, Nsec at_real, Nsec decided_at_real,
                           PathResult *result) {
        if (before->since_at_real != NSEC_UNKNOWN && at_real < before->since_at_real)
                at_real = before->since_at_real;
        result->has_transition = true;
        result->transition = (PathTransition){.from = before->state,
                                              .to = to,
                                              .proven = proven,
                                              .at_real = at_real,
                                              .decided_at_real = decided_at_real};
        result->next.state = to;
        result->next.since_at_real = at_real;
}

static Event *make_event(const Path *path, const PathJudgement *now, const PathReason *reason, const Incident *incident,
                         const PathTransition *transition) {
        Event *event = mon_event_new(event_type_of_path(transition->to), reason->decided_at_real);

        event->kind = SUBJECT_PATH;
        event->subject = mon_strdup(path->id);
        title_copy(&event->title, &path->title);
        event->path_from = transition->from;
        event->path_to = transition->to;
        event->proven = now->proven;
        event->unknown = unknown_channels(path, now);
        event->reason = mon_strdup(reason->target);
        event->since_at_real = transition->at_real;
        event->verdict = reason->verdict;
        event->cause = reason->cause;
        event->detail = mon_strdup(reason->detail);
        event->http_status = reason->http_status;
        event->banner = mon_strdup(reason->banner_text);
        event->url = mon_strdup(reason->url);
        if (incident) {
                event->incident = incident->id;
                event->incident_opened_at_real = incident->opened_at_real;
                event->incident_closed_at_real = incident->closed_at_real;
        }
        return event;
}

void path_step(const Path *path, const PathStatus *before, const Incident *open, const PathJudgement *now,
               const PathReason *reason, int64_t new_incident_id, PathResult *ret_result) {
        PathResult result = {.next = *before};

        result.next.proven = now->proven;
        if (now->state != before->state)
                set_transition(before, now->state, now->proven, reason->at_real, reason->decided_at_real, &result);
        if (now->state == PATH_CLOSED && !open)
                open_incident(path, now, reason, new_incident_id, &result);
        else if (open && (now->state == PATH_OPEN || now->state == PATH_IMPAIRED))
                close_incident(open, result.next.since_at_real, PATH_LINE_CLOSED, &result);
        else if (open)
                change_incident(before, open, now, reason, &result);
        const Incident *incident = result.incident_change != INCIDENT_SAME ? &result.incident : open;
        if (result.has_transition)
                result.event = make_event(path, now, reason, incident, &result.transition);
        result.changed = result.has_transition || result.incident_change != INCIDENT_SAME;
        *ret_result = result;
}

void path_remove(const PathStatus *before, const Incident *open, Nsec at_real, PathResult *ret_result) {
        PathResult result = {.next = *before, .changed = true};

        result.next.proven = false;
        if (before->state != PATH_UNKNOWN)
                set_transition(before, PATH_UNKNOWN, false, at_real, at_real, &result);
        if (open)
                close_incident(open, at_real, PATH_LINE_LEFT, &result);
        *ret_result = result;
}

void path_result_fini(PathResult *result) {
        incident_fini(&result->incident);
        mon_event_free(result->event);
        *result = (PathResult){0};
}
