// SPDX-License-Identifier: Apache-2.0

/// Every operation of the native API: what the router matches, in this order, and the OpenAPI description
/// tells of.
enum NativeRoutes {
    static let all: [Route] =
        AccountResource.routes + DomainsResource.routes + CertificatesResource.routes
        + IssuancesResource.routes + VersionsResource.routes + SitesResource.routes
        + EventsResource.routes + WebhooksResource.routes + DescriptionResource.routes
}
