extension [Float] {
    /// How many are not NaN.
    var validCount: Int {
        withUnsafeBytes { bytes in
            var count = 0
            var place = 0
            // Sixteen at a time, in small sums of short runs: the compiler does not find vectors by itself.
            while place + 16 <= self.count {
                let end = Swift.min(self.count, place + (1 << 16)) - 15
                var sums = SIMD16<Int32>()
                while place < end {
                    let values = bytes.loadUnaligned(fromByteOffset: 4 * place, as: SIMD16<Float>.self)
                    sums &+= SIMD16<Int32>().replacing(with: 1, where: values .== values)
                    place &+= 16
                }
                count += Int(sums.wrappedSum())
            }
            for value in self[place...] where !value.isNaN { count += 1 }
            return count
        }
    }
}
