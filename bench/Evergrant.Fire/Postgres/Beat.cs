namespace Evergrant.Fire.Postgres;

/// <summary>One refresh of a pulse.</summary>
/// <param name="Line">Number of the line; each has a grant and a node of its own.</param>
/// <param name="Sent">Microseconds of the run's clock.</param>
/// <param name="Answered">The same; when it was known that no answer would come, for a status of 0.</param>
/// <param name="Status">Status code; 0 for no answer.</param>
internal readonly record struct Beat(int Line, long Sent, long Answered, int Status)
{
    public long Took => Answered - Sent;
}
