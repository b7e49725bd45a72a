// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Something that has happened. The log is append-only: read as a list, sent by webhooks, fetched from
/// poll queues.
package struct Event: Codable, Hashable, Numbered, Sendable {
    package let number: EventNumber
    package let kind: Kind
    package let account: String
    /// What it is about: `certificate` and its number.
    package let subject: Subject
    /// Why it happened.
    package let cause: Cause
    /// Who did it: a client's `application_id`, or `edge`.
    package let actor: String
    /// The request that caused it; ours where no request did.
    package let requestID: String
    /// The object as it was then, in the native API's words; never a key or a secret.
    package let data: JSONValue
    package let at: Date

    package static var identifierPrefix: String { "evt" }

    package struct Subject: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, CaseIterable, Sendable {
            case domain, certificate, issuance, version, site, webhook, contact, queue, client
        }

        package let kind: Kind
        /// 0 for what has no number: a client.
        package let number: Int
        /// The name of the domain, the certificate's common name, the site's name, the client.
        package let name: String

        package init(_ kind: Kind, _ number: Int, _ name: String) {
            self.kind = kind
            self.number = number
            self.name = name
        }
    }

    /// Raw values are stable: clients filter by them.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case domainRegistered = "domain.registered"
        case domainChanged = "domain.changed"
        case domainRouted = "domain.routed"
        case domainSecured = "domain.secured"
        case domainMisrouted = "domain.misrouted"
        case domainReturned = "domain.returned"
        case domainRefused = "domain.refused"
        case domainDeprovisioned = "domain.deprovisioned"
        case certificateCreated = "certificate.created"
        case certificateChanged = "certificate.changed"
        case certificateDeleted = "certificate.deleted"
        case issuanceStarted = "issuance.started"
        case issuanceWaiting = "issuance.awaiting_delegation"
        /// An attempt has failed; others are made by themselves. Told again where the reason is another.
        case issuancePostponed = "issuance.postponed"
        case issuanceDone = "issuance.done"
        case issuanceFailed = "issuance.failed"
        case issuanceCanceled = "issuance.canceled"
        case versionIssued = "version.issued"
        case versionUploaded = "version.uploaded"
        case versionActivated = "version.activated"
        case versionSuperseded = "version.superseded"
        case versionRevoked = "version.revoked"
        case versionExpiring = "version.expiring"
        case versionExpired = "version.expired"
        case versionDeleted = "version.deleted"
        case keyExported = "key.exported"
        /// Of a version that has ended: its key left the records.
        case keyDeleted = "key.deleted"
        case siteCreated = "site.created"
        case siteChanged = "site.changed"
        case siteLinked = "site.linked"
        case siteUnlinked = "site.unlinked"
        case sitePublished = "site.published"
        case siteUnpublished = "site.unpublished"
        case sitePublicationFailed = "site.publication_failed"
        case siteDeleted = "site.deleted"
        case webhookCreated = "webhook.created"
        case webhookDeleted = "webhook.deleted"
        case webhookSuppressed = "webhook.suppressed"
        case webhookResumed = "webhook.resumed"
        case webhookFellBehind = "webhook.fell_behind"
        case webhookRedelivery = "webhook.redelivery"
        case contactCreated = "contact.created"
        case contactChanged = "contact.changed"
        case contactDeleted = "contact.deleted"
        case queueConfirmed = "queue.confirmed"
        case clientLockedOut = "client.locked_out"
    }

    package enum Cause: String, Codable, CaseIterable, Sendable {
        case firstVisit = "first_visit"
        case api
        case renewal
        case renewalInformation = "ari"
        case reissue
        case revocation
        case expiry
        case dns
        /// Too many failures, too many attempts: a bound of ours.
        case bound
    }

    package init(
        number: EventNumber, kind: Kind, account: String, subject: Subject, cause: Cause,
        actor: String, requestID: String, data: JSONValue, at: Date
    ) {
        self.number = number
        self.kind = kind
        self.account = account
        self.subject = subject
        self.cause = cause
        self.actor = actor
        self.requestID = requestID
        self.data = data
        self.at = at
    }
}
