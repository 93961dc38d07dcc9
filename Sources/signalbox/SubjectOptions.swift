import AdminProtocol
import ArgumentParser

/// About whom the rows of a list are to be.
struct SubjectOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only what is about the workers of this pool.", valueName: "id"))
    var pool: String?

    @Option(help: ArgumentHelp("Only what is about this worker.", valueName: "id"))
    var worker: String?

    /// `list`, narrowed to them.
    func narrowing(_ list: ListOptions) -> ListQuery {
        var query = list.query
        query.pool = pool
        query.worker = worker
        return query
    }
}
