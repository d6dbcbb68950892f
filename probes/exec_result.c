#include "probes/exec_result.h"

#include "daemon/base/error.h"
#include "daemon/base/json.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <signal.h>

void exec_result_fini(ExecResult *result) {
        free(result->text);
        free(result->perfdata);
        *result = (ExecResult){0};
}

/* Without the space around it, clean; NULL when nothing is left. */
static char *take(const char *at, size_t n, size_t max) {
        while (n > 0 && isspace((unsigned char)*at)) {
                at++;
                n--;
        }
        while (n > 0 && isspace((unsigned char)at[n - 1]))
                n--;
        if (n == 0)
                return NULL;
        mon_auto_free char *part = mon_strndup(at, n);
        return text_clean_copy(part, max);
}

/* The first line, a NUL in it as a space, to free. */
static char *first_line(const Buf *buf) {
        const char *bytes = buf_text(buf), *end = buf->len > 0 ? memchr(bytes, '\n', buf->len) : NULL;
        size_t n = end ? (size_t)(end - bytes) : buf->len;
        char *line = mon_calloc(1, n + 1);

        for (size_t i = 0; i < n; i++)
                line[i] = bytes[i] ? bytes[i] : ' ';
        return line;
}

void exec_result_take(const ChildAnswer *answer, ExecResult *ret_result) {
        mon_auto_free char *line = first_line(&answer->output);
        size_t n = strcspn(line, "|");

        *ret_result = (ExecResult){
                .end = answer->end,
                .code = answer->code,
                .text = take(line, n, OBSERVATION_DETAIL_MAX),
                .perfdata = line[n] ? take(line + n + 1, strlen(line + n + 1), EXEC_PERFDATA_MAX) : NULL,
        };
        if (ret_result->text)
                return;
        mon_auto_free char *errors = first_line(&answer->errors);
        ret_result->text = take(errors, strlen(errors), OBSERVATION_DETAIL_MAX);
}

static const char *const end_names[] = {
        [CHILD_EXITED] = "exited",   [CHILD_SIGNALLED] = "signalled",     [CHILD_TIMED_OUT] = "timed_out",
        [CHILD_FLOODED] = "flooded", [CHILD_NOT_STARTED] = "not_started",
};

static char *print_line(const json_t *object) {
        mon_auto_free char *line = json_line(object);

        return mon_printf("%s\n", line);
}

char *exec_result_print(const ExecResult *result) {
        mon_auto_json *object = json_object();

        json_set(object, "end", json_text(end_names[result->end]));
        json_set(object, "code", json_integer(result->code));
        json_set(object, "text", json_text(result->text));
        json_set(object, "perfdata", json_text(result->perfdata));
        return print_line(object);
}

char *exec_refusal_print(const char *why) {
        mon_auto_json *object = json_object();
        mon_auto_free char *clean = text_clean_copy(why, OBSERVATION_DETAIL_MAX);

        json_set(object, "error", json_text(clean));
        return print_line(object);
}

static bool read_end(const char *name, ChildEnd *ret_end) {
        for (size_t i = 0; i < mon_count_of(end_names); i++)
                if (text_is(name, end_names[i])) {
                        *ret_end = (ChildEnd)i;
                        return true;
                }
        return false;
}

static int refuse(int result, char *why, char **ret_why) {
        *ret_why = why;
        return result;
}

int exec_result_read(const char *bytes, size_t n, ExecResult *ret_result, char **ret_why) {
        mon_auto_json *object = NULL;
        mon_auto_free char *mistake = NULL;
        ExecResult result = {0};

        if (n == 0)
                return refuse(EXEC_E_FORM, mon_strdup("it hung up without an answer"), ret_why);
        if (n > EXEC_ANSWER_MAX || json_read(bytes, n, &object, &mistake) != 0)
                return refuse(EXEC_E_FORM, mon_strdup("its answer is no JSON of the kind that is expected"), ret_why);
        const char *error = json_get_text(object, "error", NULL);
        if (error)
                return refuse(EXEC_E_REFUSED, text_clean_copy(error, OBSERVATION_DETAIL_MAX), ret_why);
        int64_t code = json_get_int(object, "code", -1);
        if (!read_end(json_get_text(object, "end", ""), &result.end) || code < 0 || code > EXEC_CODE_MAX)
                return refuse(EXEC_E_FORM, mon_strdup("its answer says nothing of how the command ended"), ret_why);
        result.code = (int)code;
        const char *text = json_get_text(object, "text", ""), *perfdata = json_get_text(object, "perfdata", "");
        result.text = take(text, strlen(text), OBSERVATION_DETAIL_MAX);
        result.perfdata = take(perfdata, strlen(perfdata), EXEC_PERFDATA_MAX);
        *ret_result = result;
        return 0;
}

static char *with_text(char *what, const char *text) {
        mon_auto_free char *begin = what;

        return text ? mon_printf("%s: %s", begin, text) : mon_steal(&begin);
}

/* What the conventions have no status for. To free. */
static char *failure_text(const ExecResult *result, Nsec timeout) {
        mon_auto_free char *span = text_duration(timeout);
        const char *signal_name = result->end == CHILD_SIGNALLED ? sigabbrev_np(result->code) : NULL;

        switch (result->end) {
        case CHILD_EXITED:
                return with_text(mon_printf("exits with status %d", result->code), result->text);
        case CHILD_SIGNALLED:
                return signal_name ? with_text(mon_printf("killed by SIG%s", signal_name), result->text)
                                   : with_text(mon_printf("killed by signal %d", result->code), result->text);
        case CHILD_TIMED_OUT:
                return with_text(mon_printf("stopped: it did not end within %s", span), result->text);
        case CHILD_FLOODED:
                return with_text(mon_printf("stopped: it writes more than %u bytes", CHILD_FLOOD_MAX), result->text);
        case CHILD_NOT_STARTED:
                return mon_printf("cannot be started: %s", mon_strerror(-result->code));
        }
        return NULL;
}

void exec_result_judge(const ExecResult *result, Nsec timeout, Observation *observation) {
        static const struct {
                Verdict verdict;
                Cause cause;
        } statuses[] = {
                {VERDICT_UP, CAUSE_OK},
                {VERDICT_DEGRADED, CAUSE_EXEC_WARNING},
                {VERDICT_DOWN, CAUSE_EXEC_FAILED},
                {VERDICT_UNREADABLE, CAUSE_EXEC_UNKNOWN},
        };
        bool has_status =
                result->end == CHILD_EXITED && result->code >= 0 && (size_t)result->code < mon_count_of(statuses);

        observation_assert(observation, result->end == CHILD_EXITED && result->code == 0, "exits with status 0");
        if (result->perfdata)
                observation_assert(observation, true, "perfdata: %s", result->perfdata);
        if (has_status && (result->text || result->code == 0)) {
                observation_judge(observation, statuses[result->code].verdict, statuses[result->code].cause,
                                  result->text);
                return;
        }
        mon_auto_free char *why = failure_text(result, timeout);
        observation_judge(observation, has_status ? statuses[result->code].verdict : VERDICT_DOWN,
                          has_status ? statuses[result->code].cause : CAUSE_EXEC_FAILED, why);
}
