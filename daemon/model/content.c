#include "daemon/model/content.h"

#include <string.h>

const char *content_step_name(ContentStep step) {
        static const char *const names[CONTENT_STEP_COUNT] = {"same", "first", "rules", "changed"};

        return step < CONTENT_STEP_COUNT ? names[step] : names[CONTENT_SAME];
}

void content_fini(Content *content) {
        free(content->text);
        free(content->missing);
        *content = (Content){0};
}

void content_copy(Content *to, const Content *from) {
        char *text = mon_strdup(from->text), *missing = mon_strdup(from->missing);

        content_fini(to);
        *to = *from;
        to->text = text;
        to->missing = missing;
}

void content_digest(Content *content) {
        mon_auto_free char *words = mon_printf("%s\n%s", content->text, content->missing ? content->missing : "");
        size_t n = strlen(content->text);

        for (size_t i = 0; i < n; i++)
                if (words[i] == '\n')
                        words[i] = ' ';
        sha256_of(words, strlen(words), &content->words);
}
