// SPDX-License-Identifier: Apache-2.0

/// Every operation of the native API: what the router matches, in this order, and the OpenAPI description
/// tells of.
enum NativeRoutes {
    static let all: [Route] =
        AccountResource.routes
        + DescriptionResource.routes
}
