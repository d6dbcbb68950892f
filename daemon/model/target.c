#include "daemon/model/target.h"

void title_fini(Title *title) {
        for (int i = 0; i < LANGUAGE_COUNT; i++)
                free(title->in[i]);
        *title = (Title){0};
}

void title_copy(Title *to, const Title *from) {
        for (int i = 0; i < LANGUAGE_COUNT; i++)
                mon_replace(&to->in[i], from->in[i]);
}
