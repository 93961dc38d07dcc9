#include "CTerminal.h"
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static bool says_utf8(void) {
    const char *codeset = nl_langinfo(CODESET);
    return codeset && strcmp(codeset, "UTF-8") == 0;
}

/* The name of the locale for characters, as the environment says it; NULL if it says nothing. */
static const char *named(void) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) return value;
    }
    return NULL;
}

bool ct_locale_is_utf8(void) {
    const char *name = named();
    bool exists = setlocale(LC_ALL, "") != NULL;
    if (exists && says_utf8()) return true;
    /* A container without locales, or one that names a locale it does not have: the terminal is UTF-8 all the same.
       Who says C, POSIX or another codeset is taken at their word. */
    bool silent = name == NULL;
    bool missing = !exists && name && (strstr(name, "UTF-8") || strstr(name, "utf8") || strstr(name, "UTF8"));
    if ((silent || missing) && setlocale(LC_CTYPE, "C.UTF-8")) return says_utf8();
    return false;
}

int ct_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
