#include "daemon/settings.h"

#include "build-config.h"
#include "config/lexicon.h"
#include "daemon/notify/registry.h"
#include "probes/registry.h"

#include <string.h>

static char *lexicon_folder(const char *config_path) {
        const char *slash = strrchr(config_path, '/');

        if (!slash)
                return mon_strdup("lexicon");
        return mon_printf("%.*s/lexicon", (int)(slash - config_path), config_path);
}

int settings_read(const char *config_path, const NotifierDriver *const *notifiers, Settings *ret_settings,
                  ConfigMistakes *ret_mistakes) {
        mon_cleanup(config_free_p) Config *config = NULL;
        mon_cleanup(lexicon_free_p) Lexicon *lexicon = NULL;
        mon_auto_free char *folder = lexicon_folder(config_path);
        ConfigMistakes mistakes = {0};

        int r = config_load(config_path, probe_drivers, notifiers ? notifiers : notifier_drivers, &config, &mistakes);
        if (r < 0) {
                config_mistakes_fini(&mistakes);
                return r;
        }
        lexicon = lexicon_load_folder(folder, &mistakes);
        *ret_mistakes = mistakes;
        if (r != 0 || mistakes.n_errors > 0)
                return CONFIG_E_MISTAKES;
        *ret_settings = (Settings){.config = mon_steal(&config), .lexicon = mon_steal(&lexicon)};
        return 0;
}

void settings_fini(Settings *settings) {
        config_free(settings->config);
        lexicon_free(settings->lexicon);
        *settings = (Settings){0};
}

char *settings_user_agent(const Settings *settings) {
        mon_auto_free char *name = mon_strdup(settings->config->observer_name);

        /* Within a comment of RFC 9110, section 5.6.5. */
        for (char *at = name; at && *at; at++)
                if (*at == '(' || *at == ')' || *at == '\\' || (unsigned char)*at < 0x20)
                        *at = ' ';
        return mon_printf("mond/%s (+%s%s%s)", MOND_VERSION, settings->config->observer_contact, name ? "; " : "",
                          name ? name : "");
}
