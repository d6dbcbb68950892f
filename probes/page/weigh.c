#include "probes/page/weigh.h"

#include "daemon/base/text.h"

#include <assert.h>

#define WEIGH_NOTHING 60  /* bytes of other text: there is none */
#define WEIGH_TINY 250    /* bytes of other text: the page says nothing else */
#define WEIGH_SMALL 700   /* a replacement page with its address and its links */
#define WEIGH_MEDIUM 1500 /* a page with some content */
#define WEIGH_LARGE 3000  /* an article, terms of use */
#define WEIGH_FIRST 10    /* bytes of own text before a heading that is still the first */
#define WEIGH_LEAD 250    /* bytes of own text before a sentence that still opens the page */
#define WEIGH_ARTICLE 6   /* long paragraphs that make a page an article */
#define WEIGH_ALONE 200   /* bytes of visible text under which alternative and noscript text count */

/* A heading further down that names an error is a chapter about it. */
static bool is_chapter(const PageSentence *sentence, LexiconSense sense) {
        return (sense == SENSE_ERROR || sense == SENSE_NOT_FOUND) && sentence->level >= 2 &&
               sentence->position > WEIGH_FIRST;
}

static uint32_t place_percent(const PageSentence *sentence, const PageFeatures *features, LexiconSense sense) {
        unsigned places = sentence->places;
        bool is_alone = features->visible < WEIGH_ALONE;

        if (places & PLACE_TITLE)
                return 120;
        if (places & PLACE_COOKIE)
                return 0;
        if (places & (PLACE_NOSCRIPT | PLACE_ALT))
                return is_alone ? 90 : 0;
        if (places & PLACE_ALERT)
                return 130;
        if (sentence->is_link)
                return places & (PLACE_NAV | PLACE_FOOTER | PLACE_ASIDE) ? 0 : 40;
        if (places & (PLACE_NAV | PLACE_FOOTER | PLACE_ASIDE))
                return features->own < WEIGH_ALONE ? 60 : 10;
        if (places & PLACE_QUOTE)
                return 40;
        if (places & PLACE_FORM)
                return 60;
        if (places & PLACE_HEADING)
                return is_chapter(sentence, sense) ? 70 : sentence->level <= 2 ? 130 : 115;
        return 100;
}

static bool is_article(const PageFeatures *features) {
        return features->n_paragraphs >= WEIGH_ARTICLE && features->own > WEIGH_LARGE;
}

/* A form's own alerts speak of what was sent with it; those of a site speak of the site. */
static bool is_of_the_site(LexiconSense sense) {
        return sense == SENSE_CLOSED || sense == SENSE_PART || sense == SENSE_ANNOUNCED;
}

static uint32_t size_percent(const PageSentence *sentence, const PageFeatures *features, LexiconSense sense) {
        uint32_t rest = features->own > features->spoken ? features->own - features->spoken : 0;
        uint32_t percent = rest <= WEIGH_NOTHING  ? 160
                           : rest <= WEIGH_TINY   ? 130
                           : rest <= WEIGH_SMALL  ? 100
                           : rest <= WEIGH_MEDIUM ? 80
                           : rest <= WEIGH_LARGE  ? 55
                                                  : 35;
        bool is_lead = sentence->level > 0 && sentence->level <= 2 && sentence->position < WEIGH_LEAD;

        if (percent < 70 &&
            ((sentence->places & PLACE_ALERT && is_of_the_site(sense)) || (is_lead && !is_article(features))))
                return 70;
        return percent;
}

/* What a sentence says once its own counter-phrases have been heard. */
typedef struct Heard {
        LexiconStrength strength[SENSE_COUNT];
        uint16_t rule[SENSE_COUNT];
        bool is_return, is_present;
} Heard;

static void hush(Heard *heard, LexiconSense sense, LexiconSense by) {
        if (heard->strength[by] >= heard->strength[sense])
                heard->strength[sense] = 0;
}

static void hear(const PageSentence *sentence, const Lexicon *lexicon, Heard *ret_heard) {
        *ret_heard = (Heard){0};
        for (size_t i = 0; i < sentence->n_rules; i++) {
                const LexiconRule *rule = lexicon_rule(lexicon, sentence->rules[i]);
                if (rule->strength > ret_heard->strength[rule->sense]) {
                        ret_heard->strength[rule->sense] = rule->strength;
                        ret_heard->rule[rule->sense] = sentence->rules[i];
                }
        }
        if (ret_heard->strength[SENSE_RETURN]) {
                ret_heard->is_return = true;
                if (ret_heard->strength[SENSE_RETURN] > ret_heard->strength[SENSE_CLOSED]) {
                        ret_heard->strength[SENSE_CLOSED] = ret_heard->strength[SENSE_RETURN];
                        ret_heard->rule[SENSE_CLOSED] = ret_heard->rule[SENSE_RETURN];
                }
                ret_heard->strength[SENSE_RETURN] = 0;
        }
        ret_heard->is_present = ret_heard->strength[SENSE_PRESENT] > 0;
        ret_heard->strength[SENSE_PRESENT] = 0;
        if (ret_heard->strength[SENSE_CALM]) {
                hush(ret_heard, SENSE_CLOSED, SENSE_CALM);
                hush(ret_heard, SENSE_PART, SENSE_CALM);
                hush(ret_heard, SENSE_ANNOUNCED, SENSE_CALM);
                hush(ret_heard, SENSE_ERROR, SENSE_CALM);
        }
        if (ret_heard->strength[SENSE_OVER]) {
                hush(ret_heard, SENSE_CLOSED, SENSE_OVER);
                hush(ret_heard, SENSE_PART, SENSE_OVER);
                hush(ret_heard, SENSE_ANNOUNCED, SENSE_OVER);
        }
        if (ret_heard->strength[SENSE_CLOSED])
                ret_heard->strength[SENSE_PART] = 0;
        if (ret_heard->strength[SENSE_PART]) /* the incident is named as the reason */
                hush(ret_heard, SENSE_ERROR, SENSE_PART);
}

/* A sentence without a date of its own goes on from the one before it in its block. */
typedef struct Thread {
        uint32_t block;
        bool is_dated;
        AnnounceSpan span;
} Thread;

static bool find_span(const PageSentence *sentence, Nsec at_real, LexiconStrength announced, Thread *thread,
                      AnnounceSpan *ret_span) {
        if (announce_read(sentence->folded, at_real, ret_span)) {
                *thread = (Thread){sentence->block, true, *ret_span};
                return true;
        }
        if (!announced)
                return false;
        if (thread->is_dated && thread->block == sentence->block) {
                *ret_span = thread->span;
                return true;
        }
        return announced == STRENGTH_STRONG && announce_read(sentence->after, at_real, ret_span);
}

/* A day without hours: nothing says that it has begun. */
static bool is_one_day(const AnnounceSpan *span) {
        return !span->has_hours && span->until_at_real != NSEC_UNKNOWN &&
               span->until_at_real - span->from_at_real <= 26 * 3600 * NSEC_PER_SEC;
}

/* An hour alone, in a sentence that says closed, is when it opens. */
static void turn_hour(AnnounceSpan *span) {
        if (span->has_date || span->until_at_real != NSEC_UNKNOWN)
                return;
        span->until_at_real = span->from_at_real;
        span->from_at_real = NSEC_UNKNOWN;
}

/* "Closed at the moment; the meeting of the 20th will tell why": that day is not when it closes. */
static bool is_of_something_else(const Heard *heard, const AnnounceSpan *span, Nsec at_real) {
        return heard->is_present && !heard->is_return && heard->strength[SENSE_ANNOUNCED] == 0 && span->has_date &&
               span->from_at_real != NSEC_UNKNOWN && span->from_at_real > at_real;
}

/* What is announced for a span that has begun is present; for one that has ended, nothing. What is said to be closed
 * for a span that has not begun is announced. */
static void place_in_time(Heard *heard, const PageSentence *sentence, Nsec at_real, Thread *thread, bool *ret_dated,
                          AnnounceSpan *ret_span) {
        bool announced = heard->strength[SENSE_ANNOUNCED] > 0;
        LexiconSense now = heard->strength[SENSE_CLOSED] ? SENSE_CLOSED : SENSE_PART;

        *ret_dated = (announced || heard->strength[now]) &&
                     find_span(sentence, at_real, heard->strength[SENSE_ANNOUNCED], thread, ret_span) &&
                     !is_of_something_else(heard, ret_span, at_real);
        if (!*ret_dated) {
                if (announced && heard->strength[now] > heard->strength[SENSE_ANNOUNCED])
                        heard->strength[SENSE_ANNOUNCED] = 0;
                else if (announced)
                        heard->strength[SENSE_CLOSED] = heard->strength[SENSE_PART] = 0;
                return;
        }
        if (!announced)
                turn_hour(ret_span);
        bool begun = ret_span->from_at_real == NSEC_UNKNOWN || ret_span->from_at_real <= at_real;
        bool is_later = heard->strength[SENSE_ANNOUNCED] == STRENGTH_STRONG && !begun;
        if (heard->is_return && !is_later) { /* the date is that of the return */
                if (ret_span->until_at_real == NSEC_UNKNOWN || ret_span->from_at_real > at_real)
                        ret_span->until_at_real = ret_span->from_at_real;
                ret_span->from_at_real = NSEC_UNKNOWN;
                heard->strength[SENSE_ANNOUNCED] = 0;
                return;
        }
        bool ended = ret_span->until_at_real != NSEC_UNKNOWN && ret_span->until_at_real <= at_real;
        if (ret_span->from_at_real != NSEC_UNKNOWN && !begun) {
                if (!announced && heard->strength[now]) {
                        heard->strength[SENSE_ANNOUNCED] = heard->strength[now];
                        heard->rule[SENSE_ANNOUNCED] = heard->rule[now];
                }
                heard->strength[SENSE_CLOSED] = heard->strength[SENSE_PART] = 0;
        } else if (announced && ret_span->from_at_real != NSEC_UNKNOWN && (ended || !is_one_day(ret_span))) {
                if (!ended && heard->strength[SENSE_CLOSED] < heard->strength[SENSE_ANNOUNCED]) {
                        heard->strength[SENSE_CLOSED] = heard->strength[SENSE_ANNOUNCED];
                        heard->rule[SENSE_CLOSED] = heard->rule[SENSE_ANNOUNCED];
                } else if (ended)
                        heard->strength[SENSE_CLOSED] = heard->strength[SENSE_PART] = 0;
                heard->strength[SENSE_ANNOUNCED] = 0;
        } else if (announced && begun && heard->strength[SENSE_CLOSED] >= heard->strength[SENSE_ANNOUNCED])
                heard->strength[SENSE_ANNOUNCED] = 0; /* today, and it says that it is closed */
}

/* What is said again counts little, but for a heading that says what the title said. */
static uint32_t repeated_part(const Scale *scale, const PageSentence *sentence, LexiconSense sense) {
        uint32_t part = 1;

        for (size_t i = 0; i < scale->n; i++)
                if (scale->voices[i].sense == sense && scale->voices[i].sentence != sentence &&
                    strcmp(scale->voices[i].sentence->folded, sentence->folded) == 0) {
                        bool is_title = scale->voices[i].sentence->places & PLACE_TITLE;
                        part = is_title && part == 1 ? 2 : 4;
                }
        return part == 2 && (sentence->places & PLACE_HEADING) ? 1 : part;
}

static void add_voices(Scale *scale, const PageSentence *sentence, const Lexicon *lexicon, const PageFeatures *features,
                       Nsec at_real, Thread *thread) {
        Heard heard;
        AnnounceSpan span = {.from_at_real = NSEC_UNKNOWN, .until_at_real = NSEC_UNKNOWN};
        bool is_dated;

        hear(sentence, lexicon, &heard);
        place_in_time(&heard, sentence, at_real, thread, &is_dated, &span);
        for (int i = 0; i < SENSE_COUNT && scale->n < WEIGH_VOICES_MAX; i++) {
                LexiconSense sense = (LexiconSense)i;
                if (heard.strength[sense] == 0)
                        continue;
                uint32_t percent =
                        place_percent(sentence, features, sense) * size_percent(sentence, features, sense) / 100;
                uint32_t points = (uint32_t)heard.strength[sense] * 10 * percent / 100;
                points /= repeated_part(scale, sentence, sense);
                scale->voices[scale->n++] = (Voice){.sentence = sentence,
                                                    .rule = heard.rule[sense],
                                                    .sense = sense,
                                                    .strength = heard.strength[sense],
                                                    .points = points,
                                                    .is_return = heard.is_return,
                                                    .is_dated = is_dated,
                                                    .span = span};
        }
}

/* A heading that names an outage which the sentence after it announces for later has said nothing else. */
static void yield_to_announced(Scale *scale, Nsec at_real) {
        for (size_t i = 0; i < scale->n; i++) {
                const Voice *later = &scale->voices[i];
                if (later->sense != SENSE_ANNOUNCED || !later->is_dated || later->span.from_at_real == NSEC_UNKNOWN ||
                    later->span.from_at_real <= at_real)
                        continue;
                for (size_t k = i; k > 0 && scale->voices[k - 1].sentence + 1 >= later->sentence; k--) {
                        Voice *voice = &scale->voices[k - 1];
                        if (voice->sentence != later->sentence && voice->sentence->level > 0 && !voice->is_dated &&
                            voice->strength < STRENGTH_STRONG && is_of_the_site(voice->sense))
                                voice->points = 0;
                }
        }
}

/* The loudest voice counts whole, the second half, the third a quarter: many faint ones make no outage. */
static void add_up(Scale *scale, LexiconSense sense) {
        uint32_t top[3] = {0, 0, 0};

        for (size_t i = 0; i < scale->n; i++) {
                const Voice *voice = &scale->voices[i];
                if (voice->sense != sense || voice->points == 0)
                        continue;
                if (!scale->best[sense] || voice->points > scale->best[sense]->points)
                        scale->best[sense] = voice;
                for (size_t k = 0, points = voice->points; k < mon_count_of(top); k++)
                        if (points > top[k]) {
                                size_t less = top[k];
                                top[k] = (uint32_t)points;
                                points = less;
                        }
        }
        scale->points[sense] = top[0] + top[1] / 2 + top[2] / 4;
}

/* A page that says that all is well lists its bad states only to name them. */
static bool says_all_well(const Voice *voice, const Lexicon *lexicon) {
        return voice->sense == SENSE_CALM && voice->points >= WEIGH_ENOUGH &&
               !lexicon_rule(lexicon, voice->rule)->is_modifier;
}

/* All is well: so wherever it is said. A heading that names a list of codes, a glossary, questions or terms: what
 * follows it is told of, not said, but for an alert. */
static void quieten(Scale *scale, const Lexicon *lexicon) {
        for (size_t i = 0; i < scale->n; i++) {
                if (!says_all_well(&scale->voices[i], lexicon))
                        continue;
                bool is_topic = scale->voices[i].sentence->places & PLACE_HEADING;
                for (size_t k = is_topic ? i + 1 : 0; k < scale->n; k++) {
                        Voice *voice = &scale->voices[k];
                        if (is_topic && voice->sentence->places & PLACE_ALERT)
                                continue;
                        if (voice->sense == SENSE_CLOSED || voice->sense == SENSE_PART)
                                voice->points /= 3;
                        if (is_topic && (voice->sense == SENSE_ERROR || voice->sense == SENSE_RATE))
                                voice->points = 0;
                }
                if (!is_topic)
                        break;
        }
}

/* "Reopens on the 1st", where nothing is said to be closed, is as often said of a house as of its site. */
static void doubt_return(Scale *scale, const PageFeatures *features) {
        for (size_t i = 0; i < scale->n; i++)
                if (scale->voices[i].sense == SENSE_CLOSED && !scale->voices[i].is_return)
                        return;
        if (features->own <= features->spoken + WEIGH_NOTHING)
                return;
        for (size_t i = 0; i < scale->n; i++)
                if (scale->voices[i].sense == SENSE_CLOSED && scale->voices[i].is_dated &&
                    !(scale->voices[i].sentence->places & PLACE_ALERT))
                        scale->voices[i].points = scale->voices[i].points * 2 / 3;
}

void weigh(const PageFeatures *features, const Lexicon *lexicon, int http_status, Nsec at_real, Scale *ret_scale) {
        Thread thread = {0};

        *ret_scale = (Scale){0};
        for (size_t i = 0; i < features->n_sentences; i++)
                add_voices(ret_scale, &features->sentences[i], lexicon, features, at_real, &thread);
        yield_to_announced(ret_scale, at_real);
        quieten(ret_scale, lexicon);
        if (http_status < 400)
                doubt_return(ret_scale, features);
        for (int sense = 0; sense < SENSE_COUNT; sense++)
                add_up(ret_scale, (LexiconSense)sense);
        if (http_status == 503)
                ret_scale->points[SENSE_CLOSED] = ret_scale->points[SENSE_CLOSED] * 6 / 5;
}
