#include "daemon/text/phrase.h"

#include <assert.h>
#include <string.h>

static const char *const phrases[PHRASE_COUNT][LANGUAGE_COUNT] = {
#define PHRASE(name, fr, en) [PHRASE_##name] = {[LANGUAGE_FR] = (fr), [LANGUAGE_EN] = (en)},
        PHRASES(PHRASE)
#undef PHRASE
};

const char *phrase_text(Phrase phrase, Language language) {
        assert(phrase < PHRASE_COUNT);
        return phrases[phrase][language];
}

/* The argument whose place "{N}" stands at `at`, "" when it was not given; NULL: it is no such place. */
static const char *arg_at(const char *at, const char *const args[static PHRASE_ARGS_MAX]) {
        if (at[0] != '{' || at[1] < '1' || at[1] >= '1' + PHRASE_ARGS_MAX || at[2] != '}')
                return NULL;
        const char *arg = args[at[1] - '1'];
        return arg ? arg : "";
}

char *phrase_fill_list(Phrase phrase, Language language, const char *const args[static PHRASE_ARGS_MAX]) {
        return phrase_fill_text(phrase_text(phrase, language), args);
}

char *phrase_fill_text(const char *format, const char *const args[static PHRASE_ARGS_MAX]) {
        const char *arg;
        size_t size = strlen(format) + 1, n = 0;

        for (const char *at = format; *at; at++)
                if ((arg = arg_at(at, args)) != NULL)
                        size += strlen(arg);
        char *text = mon_calloc(size, 1);
        for (const char *at = format; *at; at++) {
                if ((arg = arg_at(at, args)) == NULL) {
                        text[n++] = *at;
                        continue;
                }
                memcpy(text + n, arg, strlen(arg));
                n += strlen(arg);
                at += 2;
        }
        return text;
}
