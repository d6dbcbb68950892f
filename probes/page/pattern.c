#include "probes/page/pattern.h"

#include <errno.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define PATTERN_MISTAKE_MAX 256
#define PATTERN_NEST_MAX 100 /* parentheses within each other */

struct Pattern {
        pcre2_code *code;
        pcre2_match_context *context;
        uint32_t step_limit;
        uint32_t steps; /* of the match under way */
};

/* PCRE2's own limit begins anew at each place of the text, so a hostile page could spend it at each of them. A user's
 * pattern calls this at each of its items, which bounds the whole. */
static int count_step(pcre2_callout_block *block, void *userdata) {
        Pattern *pattern = userdata;

        (void)block;
        return ++pattern->steps > pattern->step_limit ? PCRE2_ERROR_MATCHLIMIT : 0;
}

Pattern *pattern_new(const char *text, PatternKind kind, uint32_t step_limit, uint32_t heap_kib, char **ret_mistake) {
        mon_cleanup(pattern_free_p) Pattern *pattern = mon_new(Pattern);
        uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE;
        int code = 0;
        PCRE2_SIZE offset = 0;

        if (kind == PATTERN_USER)
                options = PCRE2_NEVER_BACKSLASH_C | PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_AUTO_CALLOUT;
        pcre2_compile_context *compile = pcre2_compile_context_create(NULL);
        if (!compile)
                abort();
        pcre2_set_parens_nest_limit(compile, PATTERN_NEST_MAX);
        pattern->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &code, &offset, compile);
        pcre2_compile_context_free(compile);
        if (!pattern->code) {
                PCRE2_UCHAR why[PATTERN_MISTAKE_MAX] = "";
                (void)pcre2_get_error_message(code, why, sizeof why);
                *ret_mistake = mon_printf("bad pattern at character %zu: %s", (size_t)offset + 1, (const char *)why);
                return NULL;
        }
        pattern->context = pcre2_match_context_create(NULL);
        if (!pattern->context)
                abort();
        pattern->step_limit = step_limit;
        if (kind == PATTERN_USER)
                pcre2_set_callout(pattern->context, count_step, pattern);
        pcre2_set_match_limit(pattern->context, step_limit);
        pcre2_set_heap_limit(pattern->context, heap_kib);
        return mon_steal(&pattern);
}

void pattern_free(Pattern *pattern) {
        if (!pattern)
                return;
        pcre2_match_context_free(pattern->context);
        pcre2_code_free(pattern->code);
        free(pattern);
}

struct PatternRoom {
        pcre2_match_data *data;
};

PatternRoom *pattern_room_new(void) {
        PatternRoom *room = mon_new(PatternRoom);

        room->data = pcre2_match_data_create(1, NULL);
        if (!room->data)
                abort();
        return room;
}

void pattern_room_free(PatternRoom *room) {
        if (!room)
                return;
        pcre2_match_data_free(room->data);
        free(room);
}

static int match_from(Pattern *pattern, PatternRoom *room, const char *text, size_t n, size_t from, uint32_t options,
                      bool *ret_found) {
        int r = pcre2_match(pattern->code, (PCRE2_SPTR)text, n, from, PCRE2_NO_UTF_CHECK | options, room->data,
                            pattern->context);

        if (r == PCRE2_ERROR_MATCHLIMIT || r == PCRE2_ERROR_HEAPLIMIT || r == PCRE2_ERROR_DEPTHLIMIT ||
            r == PCRE2_ERROR_NOMEMORY)
                return PATTERN_E_LIMIT;
        if (r < 0 && r != PCRE2_ERROR_NOMATCH)
                return -EINVAL;
        *ret_found = r >= 0;
        return 0;
}

int pattern_match(Pattern *pattern, PatternRoom *room, const char *text, size_t n, bool *ret_found) {
        pattern->steps = 0;
        return match_from(pattern, room, text, n, 0, 0, ret_found);
}

void pattern_place(const PatternRoom *room, size_t *ret_start, size_t *ret_end) {
        const PCRE2_SIZE *match = pcre2_get_ovector_pointer(room->data);

        *ret_start = match[0];
        *ret_end = match[1];
}

int pattern_cut(Pattern *pattern, PatternRoom *room, const char *text, size_t n, Buf *out) {
        const PCRE2_SIZE *match = pcre2_get_ovector_pointer(room->data);
        size_t from = 0;
        bool found;
        int r;

        pattern->steps = 0;
        while ((r = match_from(pattern, room, text, n, from, PCRE2_NOTEMPTY, &found)) == 0 && found) {
                /* Only \K in a look-around makes a match end before it begins: it takes nothing out. */
                if (match[0] < from || match[1] <= match[0])
                        break;
                r = buf_append(out, text + from, match[0] - from);
                if (r != 0)
                        return r;
                from = match[1];
        }
        return r == 0 ? buf_append(out, text + from, n - from) : r;
}
