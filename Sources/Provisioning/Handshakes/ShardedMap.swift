// SPDX-License-Identifier: Apache-2.0

/// A dictionary in many small parts, so that a change to a copy that others share copies one part.
///
/// The control loop changes its own and hands every data loop the new value; the unchanged parts
/// are shared by all. With a million entries a change copies about a thousand.
package struct ShardedMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var shards: [[Key: Value]]
    package private(set) var count = 0

    private static var shardCount: Int { 1024 }

    package init() {
        shards = Array(repeating: [:], count: Self.shardCount)
    }

    package subscript(key: Key) -> Value? {
        get { shards[shard(of: key)][key] }
        set {
            let shard = shard(of: key)
            if let newValue {
                if shards[shard].updateValue(newValue, forKey: key) == nil { count += 1 }
            } else if shards[shard].removeValue(forKey: key) != nil {
                count -= 1
            }
        }
    }

    package func forEach(_ body: (Key, Value) -> Void) {
        for shard in shards {
            for (key, value) in shard { body(key, value) }
        }
    }

    private func shard(of key: Key) -> Int {
        Int(UInt(bitPattern: key.hashValue) % UInt(Self.shardCount))
    }
}
