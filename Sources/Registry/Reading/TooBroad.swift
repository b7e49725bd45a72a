// SPDX-License-Identifier: Apache-2.0

/// To count what is wanted, more objects than `Registry.lookedAtMaxDefault` would have to be read, or more
/// index entries than `Registry.numberedMax`.
package struct TooBroad: Error {}
