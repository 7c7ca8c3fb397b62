/// The `expver` dimension of ERA5 and ERA5-Land files (the layout of before 2024) that hold final data,
/// version 1, and preliminary data, version 5: each cell and time has one of them, the other is fill.
struct VersionAxis {
    /// Position among the variable's dimensions.
    let position: Int
    /// Places along the dimension, the one to prefer first: final data before preliminary.
    let order: [Int]

    init(
        at position: Int, _ dimension: StoredDimension, _ coordinate: StoredVariable?, in file: NetCDFHandle
    ) throws(RasterError) {
        self.position = position
        guard let coordinate else {
            throw RasterError(
                .unsupported, path: file.path,
                problem: "dimension 'expver' (\(dimension.length)) has no numbers that tell final data from "
                    + "preliminary: cut one out first, with ncks -d expver,0 for instance")
        }
        let numbers = try file.coordinates(coordinate)
        order = numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
    }
}
