#include "daemon/core/content.h"

#include "daemon/base/text.h"
#include "daemon/core/worddiff.h"

#include <string.h>

void content_change_fini(ContentChange *change) {
        free(change->diff);
        *change = (ContentChange){0};
}

bool content_counts(const Observation *seen) {
        return seen->content.text && verdict_class(seen->verdict) == CLASS_AVAILABLE;
}

ContentStep content_step(const Content *last, const Content *seen) {
        if (!last->text)
                return CONTENT_FIRST;
        if (last->rules != seen->rules)
                return CONTENT_RULES;
        return memcmp(&last->words, &seen->words, sizeof seen->words) == 0 ? CONTENT_SAME : CONTENT_CHANGED;
}

void content_compare(const Content *last, const Content *seen, ContentChange *ret_change) {
        mon_auto_worddiff WordDiff diff = {0};

        worddiff_make(last->text, seen->text, WORDDIFF_STEPS_MAX, &diff);
        *ret_change = (ContentChange){
                .diff = worddiff_unified(&diff, WORDDIFF_TEXT_MAX), .removed = diff.removed, .added = diff.added};
}

Event *content_event(const Target *target, const Observation *seen, const ContentChange *change) {
        Event *event = mon_event_new(EVENT_CONTENT_CHANGED, seen->at_real);

        event->kind = SUBJECT_TARGET;
        event->subject = mon_strdup(target->id);
        title_copy(&event->title, &target->title);
        event->verdict = seen->verdict;
        event->cause = seen->cause;
        event->http_status = seen->http_status;
        if (seen->content.missing)
                event->detail = mon_printf("the watched part is not there: %s", seen->content.missing);
        if (seen->n_hops > 0)
                event->url = mon_strdup(seen->hops[seen->n_hops - 1].url);
        event->diff = mon_strdup(change->diff);
        event->words_removed = (int64_t)change->removed;
        event->words_added = (int64_t)change->added;
        return event;
}
