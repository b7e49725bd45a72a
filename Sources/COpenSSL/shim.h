// OpenSSL 3, with functions for the macros that Swift cannot see.
//
// A name in parentheses is not expanded, so a function may have the name of the macro it stands
// for, and callers write OpenSSL's own words.
#pragma once
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// Contexts and connections.

static inline int (SSL_CTX_set_min_proto_version)(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline int (SSL_CTX_set_max_proto_version)(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_max_proto_version(context, version);
}
static inline long (SSL_CTX_set_mode)(SSL_CTX *context, long mode) {
    return SSL_CTX_set_mode(context, mode);
}
static inline long (SSL_set_mode)(SSL *connection, long mode) {
    return SSL_set_mode(connection, mode);
}
static inline long (SSL_clear_mode)(SSL *connection, long mode) {
    return SSL_clear_mode(connection, mode);
}
static inline long (SSL_CTX_set_session_cache_mode)(SSL_CTX *context, long mode) {
    return SSL_CTX_set_session_cache_mode(context, mode);
}
static inline long (SSL_CTX_set_read_ahead)(SSL_CTX *context, long on) {
    return SSL_CTX_set_read_ahead(context, on);
}
static inline int (SSL_CTX_set1_groups_list)(SSL_CTX *context, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(context, groups);
}
static inline int (SSL_CTX_set1_sigalgs_list)(SSL_CTX *context, const char *algorithms) {
    return (int)SSL_CTX_set1_sigalgs_list(context, algorithms);
}
static inline long (SSL_get_negotiated_group)(SSL *connection) {
    return SSL_get_negotiated_group(connection);
}
static inline int (SSL_get_peer_signature_nid)(SSL *connection, int *digest) {
    return (int)SSL_get_peer_signature_nid(connection, digest);
}
static inline long (SSL_CTX_set_tlsext_servername_callback)(
    SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
    return SSL_CTX_set_tlsext_servername_callback(context, callback);
}
static inline long (SSL_set_tlsext_host_name)(SSL *connection, const char *name) {
    return SSL_set_tlsext_host_name(connection, name);
}

static const uint64_t OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t OP_PRIORITIZE_CHACHA = SSL_OP_PRIORITIZE_CHACHA;
static const uint64_t OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t OP_NO_TICKET = SSL_OP_NO_TICKET;

static const long MODE_ENABLE_PARTIAL_WRITE = SSL_MODE_ENABLE_PARTIAL_WRITE;
static const long MODE_ACCEPT_MOVING_WRITE_BUFFER = SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;
static const long MODE_RELEASE_BUFFERS = SSL_MODE_RELEASE_BUFFERS;

// Stacks.

static inline int (sk_X509_num)(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *(sk_X509_value)(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}
static inline STACK_OF(X509) *(sk_X509_new_null)(void) { return sk_X509_new_null(); }
static inline int (sk_X509_push)(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline void (sk_X509_pop_free)(STACK_OF(X509) *stack) {
    sk_X509_pop_free(stack, X509_free);
}
static inline STACK_OF(X509_EXTENSION) *(sk_X509_EXTENSION_new_null)(void) {
    return sk_X509_EXTENSION_new_null();
}
static inline int (sk_X509_EXTENSION_push)(
    STACK_OF(X509_EXTENSION) *stack, X509_EXTENSION *extension) {
    return sk_X509_EXTENSION_push(stack, extension);
}
static inline int (sk_X509_EXTENSION_num)(const STACK_OF(X509_EXTENSION) *stack) {
    return sk_X509_EXTENSION_num(stack);
}
static inline X509_EXTENSION *(sk_X509_EXTENSION_value)(
    const STACK_OF(X509_EXTENSION) *stack, int index) {
    return sk_X509_EXTENSION_value(stack, index);
}
static inline void (sk_X509_EXTENSION_pop_free)(STACK_OF(X509_EXTENSION) *stack) {
    sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
}
static inline int (sk_GENERAL_NAME_num)(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}
static inline GENERAL_NAME *(sk_GENERAL_NAME_value)(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

// Memory and keys.

static const int PKEY_KEYPAIR = EVP_PKEY_KEYPAIR;
// An OSSL_PARAM keeps the pointer to its name, which a Swift string does not have.
static const char *const PARAM_GROUP_NAME = OSSL_PKEY_PARAM_GROUP_NAME;
static const char *const PARAM_PRIV_KEY = OSSL_PKEY_PARAM_PRIV_KEY;
static const char *const PARAM_PUB_KEY = OSSL_PKEY_PARAM_PUB_KEY;

static inline long (BIO_get_mem_data)(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
static inline EVP_PKEY *(EVP_EC_gen)(const char *curve) { return EVP_EC_gen(curve); }
static inline EVP_PKEY *(EVP_RSA_gen)(unsigned int bits) { return EVP_RSA_gen(bits); }

// SHA-2 with its state in the caller's memory. OpenSSL 3 wants these called through EVP, whose contexts
// cost more than the one or two blocks that a key schedule hashes at a time.

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void SHA256_begin(SHA256_CTX *state) { SHA256_Init(state); }
static inline void SHA256_add(SHA256_CTX *state, const void *bytes, size_t count) {
    SHA256_Update(state, bytes, count);
}
static inline void SHA256_end(SHA256_CTX *state, unsigned char *digest) {
    SHA256_Final(digest, state);
}
static inline void SHA384_begin(SHA512_CTX *state) { SHA384_Init(state); }
static inline void SHA384_add(SHA512_CTX *state, const void *bytes, size_t count) {
    SHA384_Update(state, bytes, count);
}
static inline void SHA384_end(SHA512_CTX *state, unsigned char *digest) {
    SHA384_Final(digest, state);
}
#pragma clang diagnostic pop
