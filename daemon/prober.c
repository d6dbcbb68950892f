#include "daemon/prober.h"

#include "daemon/base/text.h"
#include "daemon/net/child.h"
#include "daemon/net/fetch.h"
#include "daemon/net/resolve.h"
#include "probes/page/page.h"
#include "probes/references.h"

struct Prober {
        Resolver *resolver;
        Fetcher *fetcher;
        PageReader *reader;
        Children *children;
        References *references;
        Runner *runner;
        char *user_agent;
        char *ca_file;
        ProbeServices services;
};

static bool lexicon_differs(const Prober *prober, const Settings *settings) {
        return settings->lexicon &&
               lexicon_hash(settings->lexicon) != lexicon_hash(page_reader_lexicon(prober->reader));
}

bool prober_differs(const Prober *prober, const Settings *settings) {
        mon_auto_free char *user_agent = settings_user_agent(settings);

        return lexicon_differs(prober, settings) || !text_is(user_agent, prober->user_agent) ||
               !text_is(settings->config->ca_file, prober->ca_file);
}

void prober_set(Prober *prober, Settings *settings) {
        const Config *config = settings->config;
        const char *urls[CONFIG_REFERENCES_MAX];

        if (!prober->user_agent || prober_differs(prober, settings)) {
                free(prober->user_agent);
                prober->user_agent = settings_user_agent(settings);
                mon_replace(&prober->ca_file, config->ca_file);
                prober->services.user_agent = prober->user_agent;
                prober->services.ca_file = prober->ca_file;
                if (lexicon_differs(prober, settings))
                        page_reader_set_lexicon(prober->reader, mon_steal(&settings->lexicon));
        }
        for (size_t i = 0; i < config->references.n; i++)
                urls[i] = config->references.items[i].text;
        references_set(prober->references, urls, config->references.n, prober->user_agent, prober->ca_file);
        runner_set_limits(prober->runner, (int)config->per_host, (int)config->at_once);
}

int prober_new(Loop *loop, Settings *settings, const char *name_servers, Prober **ret_prober) {
        mon_cleanup(prober_free_p) Prober *prober = mon_new(Prober);
        uint64_t seed;

        int r = resolver_new(loop, name_servers, &prober->resolver);
        if (r == 0)
                r = fetcher_new(loop, &prober->fetcher);
        if (r == 0)
                r = references_new(loop, prober->resolver, prober->fetcher, &prober->references);
        if (r != 0)
                return r;
        clock_random(loop_clock(loop), &seed, sizeof seed);
        prober->reader = page_reader_new(mon_steal(&settings->lexicon), seed);
        prober->children = children_new(loop);
        prober->services = (ProbeServices){
                .loop = loop,
                .resolver = prober->resolver,
                .fetcher = prober->fetcher,
                .reader = prober->reader,
                .children = prober->children,
        };
        prober->runner = runner_new(&prober->services, prober->references);
        prober_set(prober, settings);
        *ret_prober = mon_steal(&prober);
        return 0;
}

void prober_free(Prober *prober) {
        if (!prober)
                return;
        runner_free(prober->runner);
        references_free(prober->references);
        children_free(prober->children);
        page_reader_free(prober->reader);
        fetcher_free(prober->fetcher);
        resolver_free(prober->resolver);
        free(prober->user_agent);
        free(prober->ca_file);
        free(prober);
}

Runner *prober_runner(Prober *prober) {
        return prober->runner;
}

Resolver *prober_resolver(Prober *prober) {
        return prober->resolver;
}

uint64_t prober_lexicon_hash(const Prober *prober) {
        return lexicon_hash(page_reader_lexicon(prober->reader));
}

void prober_set_exec_socket(Prober *prober, const char *path) {
        prober->services.exec_socket = path;
}
