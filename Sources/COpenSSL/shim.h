// OpenSSL, with functions for the macros that Swift cannot see.
#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
