#include "daemon/core/telling.h"

#include "daemon/base/digest.h"

#include <string.h>

bool telling_state_of(const Event *event, int *ret_state) {
        if (event->type == EVENT_OBSERVER_BLIND || event->type == EVENT_OBSERVER_BACK)
                *ret_state = event->type == EVENT_OBSERVER_BLIND ? TELLING_BLIND : TELLING_SEES;
        else if (!event_type_is_state(event->type))
                return false;
        else
                *ret_state = event->kind == SUBJECT_PATH ? (int)event->path_to : (int)event->to;
        return true;
}

int telling_good(SubjectKind kind) {
        return kind == SUBJECT_PATH ? (int)PATH_OPEN : kind == SUBJECT_TARGET ? (int)VERDICT_UP : TELLING_SEES;
}

bool telling_is_failing(SubjectKind kind, int state) {
        switch (kind) {
        case SUBJECT_TARGET:
                return verdict_class((Verdict)state) == CLASS_UNAVAILABLE;
        case SUBJECT_PATH:
                return state == PATH_CLOSED;
        default:
                return state == TELLING_BLIND;
        }
}

EventType telling_type_of(SubjectKind kind, int state) {
        switch (kind) {
        case SUBJECT_TARGET:
                return event_type_of_state((Verdict)state);
        case SUBJECT_PATH:
                return event_type_of_path((PathState)state);
        default:
                return state == TELLING_BLIND ? EVENT_OBSERVER_BLIND : EVENT_OBSERVER_BACK;
        }
}

EventType telling_unstable_type(SubjectKind kind) {
        return kind == SUBJECT_TARGET ? EVENT_TARGET_UNSTABLE : kind == SUBJECT_PATH ? EVENT_PATH_UNSTABLE : 0;
}

/* One can refuse again, be it with trouble. */
static bool is_usable(SubjectKind kind, int state) {
        if (kind == SUBJECT_TARGET)
                return verdict_class((Verdict)state) == CLASS_AVAILABLE;
        return kind == SUBJECT_PATH && (state == PATH_OPEN || state == PATH_IMPAIRED);
}

/* Whoever was told of worse hears that it is better; who was told "unstable" hears where it came to rest. */
static bool is_recovery(const TellingCase *it) {
        if (it->state == telling_good(it->kind))
                return true;
        return (it->told_unstable || telling_is_failing(it->kind, it->told)) && is_usable(it->kind, it->state);
}

static bool differs(const TellingCase *it) {
        return it->state != it->told || (it->told_unstable && !it->flapping);
}

static bool is_our_own_blindness(const TellingCase *it) {
        bool unknown = it->kind == SUBJECT_PATH     ? it->state == PATH_UNKNOWN
                       : it->kind == SUBJECT_TARGET ? it->state == VERDICT_UNKNOWN
                                                    : false;

        return unknown &&
               (it->cause == CAUSE_LOCAL_NETWORK || it->cause == CAUSE_LOCAL_FAULT || it->cause == CAUSE_NOT_RUNNING);
}

static Nsec quiet_end(const TellingCase *it, Nsec since_at_real) {
        Nsec until = it->quiet_until_at_real;

        if (until == NSEC_UNKNOWN)
                return NSEC_UNKNOWN;
        if (it->quiet_at_most > 0 && since_at_real + it->quiet_at_most < until)
                until = since_at_real + it->quiet_at_most;
        return until > it->now_at_real ? until : NSEC_UNKNOWN;
}

TellingStep telling_decide(const TellingCase *it, Nsec *ret_until_at_real) {
        if (!differs(it) || is_our_own_blindness(it) || (!it->wants && !is_recovery(it)))
                return TELLING_NOTHING;
        if (it->silenced) {
                *ret_until_at_real = NSEC_NEVER;
                return TELLING_HOLD;
        }
        Nsec until = quiet_end(it, it->differs_since_at_real);
        if (until != NSEC_UNKNOWN) {
                *ret_until_at_real = until;
                return TELLING_HOLD;
        }
        if (!it->flapping || telling_unstable_type(it->kind) == 0)
                return TELLING_NOW;
        return it->told_unstable ? TELLING_NOTHING : TELLING_UNSTABLE;
}

Nsec telling_remind_at(const TellingCase *it, Nsec remind_every) {
        if (remind_every <= 0 || it->silenced || it->flapping || !telling_is_failing(it->kind, it->told) ||
            !telling_is_failing(it->kind, it->state))
                return NSEC_NEVER;
        Nsec due = it->told_at_real + remind_every;
        return it->quiet_until_at_real != NSEC_UNKNOWN && it->quiet_until_at_real > due ? it->quiet_until_at_real : due;
}

Nsec telling_hold_until(const TellingCase *it) {
        return quiet_end(it, it->differs_since_at_real);
}

Nsec telling_retry_after(const char *event_id, int attempts, Nsec asked) {
        Nsec delay = TELLING_RETRY_MIN;

        for (int i = 1; i < attempts && delay < TELLING_RETRY_MAX; i++)
                delay *= 2;
        if (delay > TELLING_RETRY_MAX)
                delay = TELLING_RETRY_MAX;
        /* From -20 % to +20 %, in thousandths. */
        int64_t range = 2 * 10 * TELLING_JITTER_PERCENT + 1;
        int64_t part = (int64_t)(hash_of(event_id, strlen(event_id), (uint64_t)attempts) % (uint64_t)range);
        delay += delay / 1000 * (part - 10 * TELLING_JITTER_PERCENT);
        if (asked > TELLING_RETRY_ASKED_MAX)
                asked = TELLING_RETRY_ASKED_MAX;
        return asked > delay ? asked : delay;
}
