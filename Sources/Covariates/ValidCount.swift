extension [Float] {
    /// How many are not NaN.
    var validCount: Int {
        withUnsafeBufferPointer { values in
            var count = 0
            // Small sums of short runs, so that the loop becomes vectors.
            for start in stride(from: 0, to: values.count, by: 1 << 16) {
                var own: Int32 = 0
                for place in start..<Swift.min(start + (1 << 16), values.count) {
                    own &+= values[place].isNaN ? 0 : 1
                }
                count += Int(own)
            }
            return count
        }
    }
}
