internal import CGDAL

/// Pixels of a picture with transparency; transparent until they are set.
struct Picture {
    let width: Int
    let height: Int
    /// [band][row][column]: red, green, blue, opacity.
    private var samples: [UInt8]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        samples = [UInt8](repeating: 0, count: width * height * 4)
    }

    /// Makes a pixel opaque; places beyond the edge are ignored.
    mutating func set(_ x: Int, _ y: Int, _ colour: Colour) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let position = y * width + x
        let size = width * height
        samples[position] = colour.red
        samples[size + position] = colour.green
        samples[2 * size + position] = colour.blue
        samples[3 * size + position] = 255
    }

    /// `label` names the picture in errors.
    func png(label: String) throws(RasterError) -> [UInt8] {
        GDALLibrary.prepare()
        guard let memory = GDALGetDriverByName("MEM"), let png = GDALGetDriverByName("PNG"),
            let dataset = GDALCreate(memory, "", Int32(width), Int32(height), 4, GDT_Byte, nil)
        else { throw GDALLibrary.failure(.notWritten, label, cannot: "be drawn") }
        defer { GDALClose(dataset) }
        var samples = samples
        let status = GDALDatasetRasterIO(
            dataset, GF_Write, 0, 0, Int32(width), Int32(height), &samples, Int32(width), Int32(height),
            GDT_Byte, 4,
            nil, 0, 0, 0)
        let name = GDALLibrary.memoryName("png")
        defer {
            VSIUnlink(name)
            VSIUnlink(name + ".aux.xml")
        }
        guard status == CE_None, let copy = GDALCreateCopy(png, name, dataset, 0, nil, nil, nil) else {
            throw GDALLibrary.failure(.notWritten, label, cannot: "be written as PNG")
        }
        GDALClose(copy)
        try GDALLibrary.check(.notWritten, label, cannot: "be written as PNG")
        guard let bytes = GDALLibrary.takeMemoryFile(name), !bytes.isEmpty else {
            throw GDALLibrary.failure(.notWritten, label, cannot: "be taken from memory")
        }
        return bytes
    }
}
