#include "daemon/model/verdict.h"

#include "daemon/base/text.h"

static const char *const verdict_names[VERDICT_MAX + 1] = {
        [VERDICT_UP] = "up",           [VERDICT_DEGRADED] = "degraded", [VERDICT_MAINTENANCE] = "maintenance",
        [VERDICT_DOWN] = "down",       [VERDICT_BLOCKED] = "blocked",   [VERDICT_UNREADABLE] = "unreadable",
        [VERDICT_UNKNOWN] = "unknown",
};

static const struct {
        const char *name;
        bool transport;
} causes[CAUSE_MAX + 1] = {
#define CAUSE(number, id, text, is_transport) [number] = {text, is_transport},
        CAUSES(CAUSE)
#undef CAUSE
};

const char *verdict_name(Verdict verdict) {
        return verdict >= VERDICT_UP && verdict <= VERDICT_MAX ? verdict_names[verdict] : "unknown";
}

bool verdict_from_name(const char *name, Verdict *ret_verdict) {
        for (Verdict v = VERDICT_UP; v <= VERDICT_MAX; v++)
                if (text_is(name, verdict_names[v])) {
                        *ret_verdict = v;
                        return true;
                }
        return false;
}

VerdictClass verdict_class(Verdict verdict) {
        switch (verdict) {
        case VERDICT_UP:
        case VERDICT_DEGRADED:
                return CLASS_AVAILABLE;
        case VERDICT_MAINTENANCE:
        case VERDICT_DOWN:
                return CLASS_UNAVAILABLE;
        default:
                return CLASS_NOT_OBSERVED;
        }
}

int verdict_badness(Verdict verdict) {
        switch (verdict) {
        case VERDICT_UP:
                return 0;
        case VERDICT_DEGRADED:
                return 2;
        case VERDICT_MAINTENANCE:
                return 3;
        case VERDICT_DOWN:
                return 4;
        default:
                return 1;
        }
}

int verdict_exit_status(Verdict verdict) {
        switch (verdict) {
        case VERDICT_UP:
                return 0;
        case VERDICT_DEGRADED:
                return 1;
        case VERDICT_MAINTENANCE:
        case VERDICT_DOWN:
                return 2;
        default:
                return 3;
        }
}

const char *cause_name(Cause cause) {
        return cause >= 1 && cause <= CAUSE_MAX ? causes[cause].name : "local_fault";
}

bool cause_from_name(const char *name, Cause *ret_cause) {
        for (int c = 1; c <= CAUSE_MAX; c++)
                if (text_is(name, causes[c].name)) {
                        *ret_cause = (Cause)c;
                        return true;
                }
        return false;
}

bool cause_is_transport(Cause cause) {
        return cause >= 1 && cause <= CAUSE_MAX && causes[cause].transport;
}

bool cause_fits(Cause cause, Verdict verdict) {
        if (cause == CAUSE_REPORTED)
                return verdict_class(verdict) != CLASS_NOT_OBSERVED;
        switch (verdict) {
        case VERDICT_UP:
                return cause == CAUSE_OK;
        case VERDICT_DEGRADED:
                return cause >= CAUSE_SLOW && cause <= CAUSE_CERTIFICATE_EXPIRING;
        case VERDICT_MAINTENANCE:
                return cause == CAUSE_BANNER || cause == CAUSE_PUBLISHED;
        case VERDICT_DOWN:
                return cause >= CAUSE_DNS && cause <= CAUSE_PROTOCOL;
        case VERDICT_BLOCKED:
                return cause >= CAUSE_BOT_WALL && cause <= CAUSE_ACCESS_DENIED;
        case VERDICT_UNREADABLE:
                return cause >= CAUSE_SCRIPT_SHELL && cause <= CAUSE_EXEC_UNKNOWN;
        default:
                return cause >= CAUSE_REPORT_EXPIRED && cause <= CAUSE_MAX;
        }
}
