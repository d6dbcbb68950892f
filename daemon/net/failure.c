#include "daemon/net/fetch.h"

#include "daemon/net/head.h"

#include <assert.h>
#include <errno.h>

typedef struct FailureRow {
        FetchFailure failure;
        Verdict verdict;
        Cause cause;
} FailureRow;

static const FailureRow rows[] = {
        {FETCH_NAME, VERDICT_DOWN, CAUSE_DNS},
        {FETCH_REFUSED, VERDICT_DOWN, CAUSE_CONNECT_REFUSED},
        {FETCH_CONNECT_TIMEOUT, VERDICT_DOWN, CAUSE_CONNECT_TIMEOUT},
        {FETCH_UNREACHABLE, VERDICT_DOWN, CAUSE_UNREACHABLE},
        {FETCH_RESET, VERDICT_DOWN, CAUSE_RESET},
        {FETCH_TLS_EXPIRED, VERDICT_DOWN, CAUSE_TLS_EXPIRED},
        {FETCH_TLS_UNTRUSTED, VERDICT_DOWN, CAUSE_TLS_UNTRUSTED},
        {FETCH_TLS_HOSTNAME, VERDICT_DOWN, CAUSE_TLS_HOSTNAME},
        {FETCH_TLS_HANDSHAKE, VERDICT_DOWN, CAUSE_TLS_HANDSHAKE},
        {FETCH_TIMEOUT, VERDICT_DOWN, CAUSE_TIMEOUT},
        {FETCH_PROTOCOL, VERDICT_DOWN, CAUSE_PROTOCOL},
        {FETCH_TRUNCATED, VERDICT_UNREADABLE, CAUSE_TRUNCATED},
        {FETCH_UNDECODABLE, VERDICT_UNREADABLE, CAUSE_UNDECODABLE},
        {FETCH_TOO_LARGE, VERDICT_UNREADABLE, CAUSE_TOO_LARGE},
        {FETCH_LOCAL_FAULT, VERDICT_UNKNOWN, CAUSE_LOCAL_FAULT},
};

static const FailureRow *row_of(FetchFailure failure) {
        for (size_t i = 0; i < mon_count_of(rows); i++)
                if (rows[i].failure == failure)
                        return &rows[i];
        assert(!"a failure without a cause");
        return NULL;
}

static bool is_of_our_own(int error) {
        return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS || error == EADDRNOTAVAIL;
}

FetchFailure fetch_failure_of_errno(int error) {
        if (is_of_our_own(error))
                return FETCH_LOCAL_FAULT;
        switch (error) {
        case ECONNREFUSED:
                return FETCH_REFUSED;
        case ETIMEDOUT:
                return FETCH_CONNECT_TIMEOUT;
        case ECONNRESET:
        case EPIPE:
                return FETCH_RESET;
        default:
                return FETCH_UNREACHABLE;
        }
}

Cause fetch_cause(FetchFailure failure) {
        return row_of(failure)->cause;
}

Verdict fetch_verdict(FetchFailure failure) {
        return row_of(failure)->verdict;
}

void fetch_answer_fini(FetchAnswer *answer) {
        free(answer->request);
        free(answer->response);
        buf_fini(&answer->body);
        *answer = (FetchAnswer){0};
}

char *fetch_answer_header(const FetchAnswer *answer, const char *name) {
        return answer->response ? head_get(answer->response, name) : NULL;
}
