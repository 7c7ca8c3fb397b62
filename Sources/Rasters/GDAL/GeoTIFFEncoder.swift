internal import CGDAL
public import Tiling

/// One band of a GeoTIFF: stored values, row by row, and what readers show beside them.
public struct GeoTIFFBand: Sendable {
    public let description: String
    public let metadata: [String: String]
    public let values: RasterBuffer

    public init(description: String, metadata: [String: String] = [:], values: RasterBuffer) {
        self.description = description
        self.metadata = metadata
        self.values = values
    }
}

/// Makes GeoTIFFs in memory, so that their digest is known before a byte is on disk. The same input gives the
/// same bytes.
public struct GeoTIFFEncoder: Sendable {
    /// How the bands of a file lie: one after the other, or side by side in each block.
    public enum Interleave: String, Sendable {
        case band, pixel
    }

    public let grid: Grid
    /// Pixels along one side of a block, a multiple of 16; for other numbers each band is one strip.
    public let blockSize: Int
    public let encoding: OutputEncoding
    public let interleave: Interleave
    /// Who compresses. The bytes do not depend on it.
    public let threadCount: Int

    public init(
        grid: Grid, blockSize: Int, encoding: OutputEncoding, interleave: Interleave = .band,
        threadCount: Int = 1
    ) {
        precondition(blockSize > 0, "a block has pixels")
        self.grid = grid
        self.blockSize = blockSize
        self.encoding = encoding
        self.interleave = interleave
        self.threadCount = threadCount
    }

    /// The bytes of a file with these bands. `metadata` belongs to the file: `TIFFTAG_DATETIME`,
    /// `AREA_OR_POINT`.
    public func encode(bands: [GeoTIFFBand], metadata: [String: String] = [:]) throws(RasterError) -> [UInt8]
    {
        precondition(!bands.isEmpty, "a GeoTIFF has bands")
        for band in bands {
            precondition(band.values.type == encoding.type, "a band is of the encoding's type")
            precondition(band.values.count == grid.columns * grid.rows, "a band has a value per pixel")
        }
        let name = GDALLibrary.memoryName("tif")
        let label = "GeoTIFF in memory"
        defer { VSIUnlink(name) }
        let dataset = try GTiffDataset.create(
            name, grid: grid, bandCount: bands.count, type: encoding.type, options: options, label: label)
        do throws(RasterError) {
            dataset.describe(encoding: encoding, metadata: metadata)
            for (number, band) in bands.enumerated() {
                dataset.describe(band: number + 1, description: band.description, metadata: band.metadata)
            }
            try GDALLibrary.check(.notWritten, label, cannot: "describe its bands")
            try write(bands, to: dataset, label: label)
        } catch {
            dataset.discard()
            throw error
        }
        try dataset.close(label: label)
        guard let bytes = GDALLibrary.takeMemoryFile(name), !bytes.isEmpty else {
            throw GDALLibrary.failure(.notWritten, label, cannot: "be taken from memory")
        }
        return bytes
    }

    private var options: [String: String] {
        var options = GTiffDataset.compression(encoding)
        options["INTERLEAVE"] = interleave.rawValue.uppercased()
        options["BIGTIFF"] = "IF_SAFER"
        if blockSize % 16 == 0 {
            options["TILED"] = "YES"
            options["BLOCKXSIZE"] = String(blockSize)
            options["BLOCKYSIZE"] = String(blockSize)
        } else {
            options["BLOCKYSIZE"] = String(grid.rows)
        }
        // Each of them has a block as it is, and compressed: together no more than the bands.
        let compressorCount = min(threadCount, blocks.count / 2)
        if compressorCount > 1 { options["NUM_THREADS"] = String(compressorCount) }
        return options
    }

    private func write(_ bands: [GeoTIFFBand], to dataset: GTiffDataset, label: String) throws(RasterError) {
        let whole = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
        guard interleave == .pixel, bands.count > 1 else {
            for (number, band) in bands.enumerated() {
                try dataset.write(band.values, band: number + 1, window: whole, label: label)
            }
            return
        }
        // Bands that share blocks are written block by block; otherwise each block would be compressed many
        // times.
        for window in blocks {
            try dataset.writeInterleaved(
                bands.map(\.values), from: window, columns: grid.columns, label: label)
            // Otherwise the library keeps what was written, up to all of the file, until the end.
            try dataset.releaseBlocks(label: label)
        }
    }

    private var blocks: [PixelWindow] {
        let (width, height) = blockSize % 16 == 0 ? (blockSize, blockSize) : (grid.columns, grid.rows)
        return stride(from: 0, to: grid.rows, by: height).flatMap { row in
            stride(from: 0, to: grid.columns, by: width).map { column in
                PixelWindow(
                    column: column, row: row, columns: min(width, grid.columns - column),
                    rows: min(height, grid.rows - row))
            }
        }
    }
}
