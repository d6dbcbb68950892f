/* Every kind of notifier that this build has. */
#pragma once

#include "daemon/notify/driver.h"

extern const NotifierDriver *const notifier_drivers[]; /* up to a NULL */
