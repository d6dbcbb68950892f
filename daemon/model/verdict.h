/* The stable words of mond: verdicts, causes, and what they count as. The strings are public (database, JSON, metrics,
 * webhooks) and never change; the numbers are stored in the database and never change either: append only. */
#pragma once

#include "daemon/base/alloc.h"

/* What one look at a target says, and, once confirmed, the target's state. */
typedef enum Verdict {
        VERDICT_UP = 1,          /* the page answers and can be used */
        VERDICT_DEGRADED = 2,    /* usable, but a part is out of order, or it is slow, or a queue stands before it */
        VERDICT_MAINTENANCE = 3, /* the site itself says that the service is not available now */
        VERDICT_DOWN = 4,        /* no answer, an error, or what should be there is not */
        VERDICT_BLOCKED = 5,     /* a wall answered us; people may well get through */
        VERDICT_UNREADABLE = 6,  /* something answered that we cannot judge */
        VERDICT_UNKNOWN = 7,     /* nobody looked */
} Verdict;
#define VERDICT_MAX VERDICT_UNKNOWN

typedef enum VerdictClass {
        CLASS_NOT_OBSERVED = 0,
        CLASS_AVAILABLE = 1,
        CLASS_UNAVAILABLE = 2,
} VerdictClass;

/* CAUSE(number, NAME, "stable string", TRANSPORT: the failure came before any answer did) */
#define CAUSES(CAUSE)                                                                                                  \
        CAUSE(1, OK, "ok", false)                                                                                      \
        CAUSE(2, REPORTED, "reported", false)                                                                          \
        CAUSE(3, SLOW, "slow", false)                                                                                  \
        CAUSE(4, PARTIAL_BANNER, "partial_banner", false)                                                              \
        CAUSE(5, QUEUE, "queue", false)                                                                                \
        CAUSE(6, EXEC_WARNING, "exec_warning", false)                                                                  \
        CAUSE(7, CERTIFICATE_EXPIRING, "certificate_expiring", false)                                                  \
        CAUSE(8, BANNER, "banner", false)                                                                              \
        CAUSE(9, PUBLISHED, "published", false)                                                                        \
        CAUSE(10, DNS, "dns", true)                                                                                    \
        CAUSE(11, CONNECT_REFUSED, "connect_refused", true)                                                            \
        CAUSE(12, CONNECT_TIMEOUT, "connect_timeout", true)                                                            \
        CAUSE(13, UNREACHABLE, "unreachable", true)                                                                    \
        CAUSE(14, RESET, "reset", true)                                                                                \
        CAUSE(15, TLS_EXPIRED, "tls_expired", true)                                                                    \
        CAUSE(16, TLS_UNTRUSTED, "tls_untrusted", true)                                                                \
        CAUSE(17, TLS_HOSTNAME, "tls_hostname", true)                                                                  \
        CAUSE(18, TLS_HANDSHAKE, "tls_handshake", true)                                                                \
        CAUSE(19, TIMEOUT, "timeout", true)                                                                            \
        CAUSE(20, HTTP_4XX, "http_4xx", false)                                                                         \
        CAUSE(21, HTTP_5XX, "http_5xx", false)                                                                         \
        CAUSE(22, REDIRECT_LOOP, "redirect_loop", false)                                                               \
        CAUSE(23, REDIRECT_ELSEWHERE, "redirect_elsewhere", false)                                                     \
        CAUSE(24, ERROR_PAGE, "error_page", false)                                                                     \
        CAUSE(25, EMPTY_PAGE, "empty_page", false)                                                                     \
        CAUSE(26, PARKED, "parked", false)                                                                             \
        CAUSE(27, SOFT_404, "soft_404", false)                                                                         \
        CAUSE(28, MISSING_TEXT, "missing_text", false)                                                                 \
        CAUSE(29, FORBIDDEN_TEXT, "forbidden_text", false)                                                             \
        CAUSE(30, MISSING_ELEMENT, "missing_element", false)                                                           \
        CAUSE(31, EXEC_FAILED, "exec_failed", false)                                                                   \
        CAUSE(32, UNEXPECTED_STATUS, "unexpected_status", false)                                                       \
        CAUSE(33, WRONG_PAGE, "wrong_page", false)                                                                     \
        CAUSE(34, WRONG_ANSWER, "wrong_answer", false)                                                                 \
        CAUSE(35, PROTOCOL, "protocol", true)                                                                          \
        CAUSE(36, BOT_WALL, "bot_wall", false)                                                                         \
        CAUSE(37, CAPTCHA, "captcha", false)                                                                           \
        CAUSE(38, RATE_LIMITED, "rate_limited", false)                                                                 \
        CAUSE(39, ACCESS_DENIED, "access_denied", false)                                                               \
        CAUSE(40, SCRIPT_SHELL, "script_shell", false)                                                                 \
        CAUSE(41, TRUNCATED, "truncated", false)                                                                       \
        CAUSE(42, UNDECODABLE, "undecodable", false)                                                                   \
        CAUSE(43, TOO_LARGE, "too_large", false)                                                                       \
        CAUSE(44, FEED_UNREADABLE, "feed_unreadable", false)                                                           \
        CAUSE(45, EXEC_UNKNOWN, "exec_unknown", false)                                                                 \
        CAUSE(46, REPORT_EXPIRED, "report_expired", false)                                                             \
        CAUSE(47, PAUSED, "paused", false)                                                                             \
        CAUSE(48, OUTSIDE_HOURS, "outside_hours", false)                                                               \
        CAUSE(49, LOCAL_NETWORK, "local_network", false)                                                               \
        CAUSE(50, LOCAL_FAULT, "local_fault", false)                                                                   \
        CAUSE(51, NOT_RUNNING, "not_running", false)                                                                   \
        CAUSE(52, NOT_YET, "not_yet", false)

typedef enum Cause {
#define CAUSE(number, name, text, transport) CAUSE_##name = (number),
        CAUSES(CAUSE)
#undef CAUSE
} Cause;
#define CAUSE_MAX CAUSE_NOT_YET

const char *verdict_name(Verdict verdict);
bool verdict_from_name(const char *name, Verdict *ret_verdict);
VerdictClass verdict_class(Verdict verdict);
/* How bad a state is for the exit status and `worst`: up < not observed < degraded < maintenance < down. */
int verdict_badness(Verdict verdict);
/* As monitoring plugins exit: 0 up, 1 degraded, 2 maintenance or down, 3 not observed. */
int verdict_exit_status(Verdict verdict);

const char *cause_name(Cause cause);
bool cause_from_name(const char *name, Cause *ret_cause);
/* Failures before any answer came: the ones that our own network could explain. */
bool cause_is_transport(Cause cause);
/* The table of INTERFACE section 2: which causes go with which verdict (`reported` with three). */
bool cause_fits(Cause cause, Verdict verdict);
