/* What mond runs on: the configuration and the lexicon beside it, read and checked together, so that a reload swaps
 * both or neither. */
#pragma once

#include "config/config.h"
#include "probes/page/lexicon.h"

typedef struct Settings {
        Config *config;
        Lexicon *lexicon; /* the shipped one and lexicon/?*.yaml beside the configuration file */
} Settings;

/* `notifiers`: every kind there is, up to a NULL; NULL: those of this build. CONFIG_E_MISTAKES when either is not to be
 * loaded; the mistakes and warnings are in *ret_mistakes either way. */
mon_must_check int settings_read(const char *config_path, const NotifierDriver *const *notifiers,
                                 Settings *ret_settings, ConfigMistakes *ret_mistakes);
void settings_fini(Settings *settings);
#define mon_auto_settings mon_cleanup(settings_fini)

/* "mond/0.1.0 (+CONTACT; NAME)": a site's owner must be able to reach who asks. To free. */
char *settings_user_agent(const Settings *settings);
