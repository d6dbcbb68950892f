#include "probes/references.h"

#include "daemon/base/error.h"
#include "daemon/base/list.h"

#include <assert.h>

typedef struct Reference {
        References *references;
        char *url;
        Visit *visit; /* NULL: not being asked */
} Reference;

struct References {
        Loop *loop;
        Resolver *resolver;
        Fetcher *fetcher;
        char *user_agent;
        char *ca_file;
        Reference items[REFERENCES_MAX];
        size_t n;
        List asks;
        LoopDeferred tell;
        bool is_asking;
        bool is_known; /* `alive` was found at known_at_boot */
        bool alive;
        Nsec known_at_boot;
};

struct ReferencesAsk {
        References *references;
        ReferencesFn *done;
        void *userdata;
};

static Nsec now_of(const References *references) {
        return clock_at_boot(loop_clock(references->loop));
}

static void stop_asking(References *references) {
        for (size_t i = 0; i < references->n; i++) {
                visit_cancel(references->items[i].visit);
                references->items[i].visit = NULL;
        }
        references->is_asking = false;
}

/* Those who wait now are told; who asks while they are told waits for the next time. */
static void on_tell(void *userdata) {
        References *references = userdata;
        size_t n = references->asks.n;
        bool alive = references->alive;

        while (n-- > 0 && references->asks.n > 0) {
                mon_auto_free ReferencesAsk *ask = list_take(&references->asks, 0);
                ask->done(alive, ask->userdata);
        }
}

static void learn(References *references, bool alive) {
        stop_asking(references);
        references->is_known = true;
        references->alive = alive;
        references->known_at_boot = now_of(references);
        loop_defer(references->loop, &references->tell);
}

/* One that is out is not asked about again until the next flight; the last one to fail decides. */
static void lose(Reference *reference) {
        References *references = reference->references;

        reference->visit = NULL;
        for (size_t i = 0; i < references->n; i++)
                if (references->items[i].visit)
                        return;
        learn(references, false);
}

static void on_answer(FetchAnswer *answer, void *userdata) {
        Reference *reference = userdata;

        if (answer->http_status == 0) {
                lose(reference);
                return;
        }
        reference->visit = NULL;
        learn(reference->references, true);
}

static void start_asking(References *references) {
        size_t started = 0;

        references->is_asking = true;
        for (size_t i = 0; i < references->n; i++) {
                Reference *reference = &references->items[i];
                const FetchRequest request = {
                        .url = reference->url,
                        .user_agent = references->user_agent,
                        .ca_file = references->ca_file,
                        .body_max = 0, /* the head says it all */
                        .deadline_at_boot = now_of(references) + REFERENCES_TIMEOUT,
                };
                if (visit_start(references->resolver, references->fetcher, &request, IP_ANY, on_answer, reference,
                                &reference->visit) == 0)
                        started++;
        }
        if (started == 0)
                learn(references, false);
}

int references_new(Loop *loop, Resolver *resolver, Fetcher *fetcher, References **ret_references) {
        References *references = mon_new(References);

        *references = (References){.loop = loop, .resolver = resolver, .fetcher = fetcher};
        references->tell = (LoopDeferred){.fn = on_tell, .userdata = references};
        *ret_references = references;
        return 0;
}

static void forget_list(References *references) {
        stop_asking(references);
        for (size_t i = 0; i < references->n; i++)
                free(references->items[i].url);
        references->n = 0;
        references->is_known = false;
}

void references_free(References *references) {
        if (!references)
                return;
        assert(references->asks.n == 0);
        forget_list(references);
        loop_cancel_deferred(references->loop, &references->tell);
        list_fini(&references->asks);
        free(references->user_agent);
        free(references->ca_file);
        free(references);
}

void references_set(References *references, const char *const *urls, size_t n, const char *user_agent,
                    const char *ca_file) {
        assert(n <= REFERENCES_MAX);
        forget_list(references);
        loop_cancel_deferred(references->loop, &references->tell);
        mon_replace(&references->user_agent, user_agent);
        mon_replace(&references->ca_file, ca_file);
        for (size_t i = 0; i < n; i++)
                references->items[i] = (Reference){.references = references, .url = mon_strdup(urls[i])};
        references->n = n;
        if (references->asks.n == 0)
                return;
        if (n > 0)
                start_asking(references);
        else /* with no rule any more, nothing speaks against our network */
                learn(references, true);
}

size_t references_count(const References *references) {
        return references->n;
}

void references_ask(References *references, ReferencesFn *done, void *userdata, ReferencesAsk **ret_ask) {
        ReferencesAsk *ask = mon_new(ReferencesAsk);

        assert(references->n > 0);
        *ask = (ReferencesAsk){.references = references, .done = done, .userdata = userdata};
        list_add(&references->asks, ask);
        *ret_ask = ask;
        if (references->is_known && now_of(references) - references->known_at_boot <= REFERENCES_KEEP)
                loop_defer(references->loop, &references->tell);
        else if (!references->is_asking)
                start_asking(references);
}

void references_cancel(ReferencesAsk *ask) {
        if (!ask)
                return;
        (void)list_remove(&ask->references->asks, ask);
        if (ask->references->asks.n == 0)
                stop_asking(ask->references);
        free(ask);
}
