// SPDX-License-Identifier: Apache-2.0

/// What `nameplate domains --help` prints, and `certificates` and `events`.
enum ManageUsage {
    static let text = """
        Looks after domains and certificates over the management API of a running Nameplate.

        usage: nameplate domains list [--name NAME] [--state STATE] [--reference TEXT]
               nameplate domains show DOMAIN
               nameplate domains add DOMAIN [--origin URL]… [--reference TEXT]
               nameplate domains check DOMAIN
               nameplate domains provision DOMAIN [--wait]
               nameplate domains remove DOMAIN [--revoke]
               nameplate domains set-origin DOMAIN [URL…]
               nameplate certificates list [--name NAME] [--state STATE] [--reference TEXT]
                                           [--expires-before TIME]
               nameplate certificates show CERTIFICATE
               nameplate certificates order NAME… [--request FILE] [--key-algorithm WORD]
                                           [--reference TEXT] [--wait]
               nameplate certificates renew|reissue CERTIFICATE [--request FILE]
                                           [--key-algorithm WORD] [--revoke] [--wait]
               nameplate certificates download CERTIFICATE|VERSION [--as FORM] [--output FILE]
               nameplate certificates upload --certificate FILE (--key FILE | --issuance ID)
               nameplate certificates revoke CERTIFICATE|VERSION [--reason WORD]
               nameplate certificates remove CERTIFICATE [--revoke]
               nameplate events list [--after EVENT] [--type TYPE]… [--follow]

        Every action takes --json, and says where the API is:
          --config FILE         a configuration on this machine, conf/nameplate.json5 unless given:
                                its management.listen, and a client of it that has its secret there
          --client ID           that client and no other
          --url URL             another one; the secret, or a token, is in NAMEPLATE_TOKEN.
                                NAMEPLATE_URL is the same as --url
          --trusted-roots FILE  whom to believe about its certificate, in the place of the system's roots

        A DOMAIN is a name or an id (dom_12), a CERTIFICATE crt_12, a VERSION ver_12, an EVENT evt_12 or 12.
        set-origin without a URL gives a domain back to application_url. FORM is chain, certificate,
        issuers, request, pkcs7, zip or key; a file that is there is not written over. --wait ends when
        what was begun has ended, and fails when that did.

        A list is an object a line, its values with tabs between; with names above when it goes to a terminal.
        `show` is a member a line. With --json each object is a line of JSON.

        --follow ends when it is ended, is not let in any more, or has had no answer for two minutes; until
        then it asks again, and what happened meanwhile comes late. Where events have left the log before
        they were read, a sentence on standard error says which, and the oldest there are come next.

        Exit status: 0 done, 1 declined, failed or not there, 2 wrong usage, 3 the API cannot be reached or
        cannot answer now, 4 events that were asked for have left the log.
        """
}
