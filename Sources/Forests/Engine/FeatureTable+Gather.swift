/// Where the rows of a superblock lie in the planes of the tile.
struct RowSources {
    /// Per pixel block 16 pixels of the tile. Sea, and pixels past the edge, are replaced by a land pixel
    /// of the block, so that their values neither widen a range nor count as missing.
    let pixels: UnsafeMutablePointer<Int32>
    /// Per group four days; days past the end are replaced by the last one.
    let days: UnsafeMutablePointer<Int32>
    var pixelBlockCount = 0
    var dayGroupCount = 0
}

extension FeatureTable {
    /// Copies the values of a superblock from a plane of the tile.
    mutating func gather(_ plane: FeaturePlane, _ sources: RowSources, pixelCount: Int) {
        pixelBlockCount = sources.pixelBlockCount
        lowest = .infinity
        highest = -.infinity
        hasMissing = false
        switch plane {
        case .fixed(let source):
            let count = sources.pixelBlockCount * Block.pixelCount
            for number in 0..<count { values[number] = source[Int(sources.pixels[number])] }
            noteRange(of: values, count: count)
        case .date(let source):
            let count = sources.dayGroupCount * Block.dayCount
            for number in 0..<count { values[number] = source[Int(sources.days[number])] }
            noteRange(of: values, count: count)
        case .daily(let source):
            source.withUnsafeBufferPointer { source in
                for group in 0..<sources.dayGroupCount {
                    for pixelBlock in 0..<sources.pixelBlockCount {
                        gatherRows(
                            to: values + (group * pixelBlockCount + pixelBlock) * Block.rowCount,
                            sources, pixelBlock, group
                        ) { pixel, day in source[day * pixelCount + pixel] }
                    }
                }
            }
            noteRange(of: values, count: sources.dayGroupCount * pixelBlockCount * Block.rowCount)
        case .coarse(let source, let cellCount, let cellOfPixel):
            source.withUnsafeBufferPointer { source in
                cellOfPixel.withUnsafeBufferPointer { cells in
                    gatherCells(source, cellCount, cells, sources)
                }
            }
        }
    }

    @inline(__always)
    private func gatherRows(
        to rows: UnsafeMutablePointer<Float>, _ sources: RowSources, _ pixelBlock: Int, _ group: Int,
        value: (_ pixel: Int, _ day: Int) -> Float
    ) {
        let pixels = sources.pixels + pixelBlock * Block.pixelCount
        let days = sources.days + group * Block.dayCount
        for day in 0..<Block.dayCount {
            let sourceDay = Int(days[day])
            for pixel in 0..<Block.pixelCount {
                rows[Block.slot(pixel: pixel, day: day)] = value(Int(pixels[pixel]), sourceDay)
            }
        }
    }

    private mutating func gatherCells(
        _ source: UnsafeBufferPointer<Float>, _ cellCount: Int, _ cells: UnsafeBufferPointer<Int32>,
        _ sources: RowSources
    ) {
        func value(_ cell: Int32, _ day: Int) -> Float {
            cell < 0 ? .nan : source[day * cellCount + Int(cell)]
        }
        straddlerCount = 0
        for pixelBlock in 0..<pixelBlockCount {
            let pixels = sources.pixels + pixelBlock * Block.pixelCount
            let first = cells[Int(pixels[0])]
            let straddles = (1..<Block.pixelCount).contains { cells[Int(pixels[$0])] != first }
            straddlers[pixelBlock] = straddles ? Int32(straddlerCount) : -1
            if straddles { straddlerCount += 1 }
        }
        for group in 0..<sources.dayGroupCount {
            for pixelBlock in 0..<pixelBlockCount {
                let days = values + (group * pixelBlockCount + pixelBlock) * Block.dayCount
                let straddler = Int(straddlers[pixelBlock])
                // Every block gets its days, so that the range below sees no rubbish.
                let first = cells[Int(sources.pixels[pixelBlock * Block.pixelCount])]
                for day in 0..<Block.dayCount {
                    days[day] = value(first, Int(sources.days[group * Block.dayCount + day]))
                }
                guard straddler >= 0 else { continue }
                gatherRows(
                    to: straddling + (group * straddlerCount + straddler) * Block.rowCount, sources,
                    pixelBlock, group
                ) { pixel, day in value(cells[pixel], day) }
            }
        }
        noteRange(of: values, count: sources.dayGroupCount * pixelBlockCount * Block.dayCount)
        noteRange(of: straddling, count: sources.dayGroupCount * straddlerCount * Block.rowCount)
    }

    /// The range of values, with comparisons that NaN never passes. Counts are multiples of four.
    private mutating func noteRange(of values: UnsafeMutablePointer<Float>, count: Int) {
        let vectors = UnsafeRawPointer(values).assumingMemoryBound(to: SIMD4<Float>.self)
        var low = SIMD4<Float>(repeating: lowest)
        var high = SIMD4<Float>(repeating: highest)
        var missing = SIMD4<UInt32>(repeating: 0)
        for number in 0..<count / 4 {
            let vector = vectors[number]
            low.replace(with: vector, where: vector .< low)
            high.replace(with: vector, where: vector .> high)
            missing.replace(with: 1, where: vector .!= vector)
        }
        for lane in 0..<4 {
            lowest = min(lowest, low[lane])
            highest = max(highest, high[lane])
            if missing[lane] != 0 { hasMissing = true }
        }
    }
}
