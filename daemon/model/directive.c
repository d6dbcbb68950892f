#include "daemon/model/directive.h"

#include <string.h>

void text_list_fini(TextList *list) {
        for (size_t i = 0; i < list->n; i++)
                free(list->items[i].text);
        free(list->items);
        *list = (TextList){0};
}

void text_list_add(TextList *list, const char *text, int line, int column) {
        list->items = mon_realloc_array(list->items, list->n + 1, sizeof *list->items);
        list->items[list->n++] = (TextPlace){.text = mon_strdup(text), .line = line, .column = column};
}

void section_list_add(SectionList *list, void *fields, int line, int column) {
        list->items = mon_realloc_array(list->items, list->n + 1, sizeof *list->items);
        list->items[list->n++] = (SectionPlace){.fields = fields, .line = line, .column = column};
}

void section_list_fini(SectionList *list) {
        for (size_t i = 0; i < list->n; i++)
                free(list->items[i].fields);
        free(list->items);
        *list = (SectionList){0};
}

bool text_list_has_header(const TextList *headers, const char *name) {
        size_t n = strlen(name);

        for (size_t i = 0; i < headers->n; i++)
                if (strncasecmp(headers->items[i].text, name, n) == 0 && headers->items[i].text[n] == ':')
                        return true;
        return false;
}
