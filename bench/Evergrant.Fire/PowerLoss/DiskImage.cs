namespace Evergrant.Fire.PowerLoss;

/// <summary>What of the calls that no sync has confirmed is on the disk after the power went.</summary>
internal enum PowerLossVariant
{
    /// <summary>Nothing.</summary>
    Lose,

    /// <summary>Of each file, the first few.</summary>
    Prefix,

    /// <summary>Any sectors of 512 bytes: torn and out of order.</summary>
    Sectors,

    /// <summary>All, as after kill -9.</summary>
    All,

    /// <summary>As one of the others, but files made, moved and removed since the folder was last synced are not (or only the first few of them).</summary>
    Names,
}

/// <summary>A disk that follows the log record by record and can be photographed at any moment as a power loss would leave it.</summary>
/// <param name="lying">A disk that confirms syncs of the write-ahead log without carrying them out: the control that must be found out.</param>
internal sealed class DiskImage(bool lying = false)
{
    private const int Sector = 512;

    private readonly Dictionary<int, FileState> _files = [];
    private readonly Dictionary<string, int> _durableNames = [];
    private readonly List<DiskRecord> _pendingNames = [];
    private readonly Dictionary<string, int> _names = [];

    /// <summary>Takes the next record of the log.</summary>
    public void Apply(DiskRecord record)
    {
        switch (record.Operation)
        {
            case DiskOperation.Named:
                _files[record.File] = new FileState();
                _names[record.Text] = record.File;
                if (record.At == 0) _durableNames[record.Text] = record.File;
                else _pendingNames.Add(record);
                break;
            case DiskOperation.Initial: _files[record.File].Replace(record.Bytes.Span); break;
            case DiskOperation.Write or DiskOperation.Truncate: _files[record.File].Pending.Add(record); break;
            case DiskOperation.Sync when !(lying && IsLog(record.File)): _files[record.File].Sync(record.At); break;
            case DiskOperation.FailedSync: _files[record.File].Pending.Clear(); break;
            case DiskOperation.FolderSync:
                int confirmed = _pendingNames.TakeWhile(p => p.Position < record.At).Count();
                foreach (DiskRecord name in _pendingNames.Take(confirmed)) ApplyName(_durableNames, name);
                _pendingNames.RemoveRange(0, confirmed);
                break;
            case DiskOperation.Unlink or DiskOperation.Rename or DiskOperation.Link:
                ApplyName(_names, record);
                _pendingNames.Add(record);
                break;
        }
    }

    /// <summary>The files by path.</summary>
    public Dictionary<string, byte[]> Photograph(PowerLossVariant variant, Random random)
    {
        Dictionary<string, int> names = _names;
        if (variant == PowerLossVariant.Names)
        {
            names = new(_durableNames);
            foreach (DiskRecord name in _pendingNames.Take(random.Next(_pendingNames.Count))) ApplyName(names, name);
            variant = (PowerLossVariant)random.Next((int)PowerLossVariant.Names);
        }
        Dictionary<string, byte[]> files = [];
        foreach ((string path, int file) in names) files[path] = _files[file].Photograph(variant, random);
        return files;
    }

    private bool IsLog(int file) => _names.Any(n => n.Value == file && n.Key.EndsWith("-wal", StringComparison.Ordinal));

    private static void ApplyName(Dictionary<string, int> names, DiskRecord record)
    {
        string[] paths = record.Text.Split('\0');
        switch (record.Operation)
        {
            case DiskOperation.Named: names[paths[0]] = record.File; break;
            case DiskOperation.Unlink: names.Remove(paths[0]); break;
            case DiskOperation.Link when names.TryGetValue(paths[0], out int file): names[paths[1]] = file; break;
            case DiskOperation.Rename when names.Remove(paths[0], out int file): names[paths[1]] = file; break;
        }
    }

    private sealed class FileState
    {
        private byte[] _bytes = [];
        private int _length;

        public List<DiskRecord> Pending { get; } = [];

        public void Replace(ReadOnlySpan<byte> bytes) => (_bytes, _length) = (bytes.ToArray(), bytes.Length);

        public void Sync(long began)
        {
            int confirmed = 0;
            while (confirmed < Pending.Count && Pending[confirmed].Position < began) Apply(ref _bytes, ref _length, Pending[confirmed++]);
            Pending.RemoveRange(0, confirmed);
        }

        public byte[] Photograph(PowerLossVariant variant, Random random)
        {
            byte[] bytes = _bytes.AsSpan(0, _length).ToArray();
            int length = _length;
            int whole = variant switch { PowerLossVariant.Lose => 0, PowerLossVariant.Prefix => random.Next(Pending.Count + 1), _ => Pending.Count };
            for (int i = 0; i < whole; i++)
            {
                if (variant != PowerLossVariant.Sectors) Apply(ref bytes, ref length, Pending[i]);
                else ApplySectors(ref bytes, ref length, Pending[i], random);
            }
            return bytes.AsSpan(0, length).ToArray();
        }

        private static void Apply(ref byte[] bytes, ref int length, DiskRecord record)
        {
            if (record.Operation == DiskOperation.Truncate) Resize(ref bytes, ref length, (int)record.At);
            else Put(ref bytes, ref length, (int)record.At, record.Bytes.Span);
        }

        private static void ApplySectors(ref byte[] bytes, ref int length, DiskRecord record, Random random)
        {
            if (record.Operation == DiskOperation.Truncate)
            {
                if (random.Next(2) == 0) Resize(ref bytes, ref length, (int)record.At);
                return;
            }
            ReadOnlySpan<byte> written = record.Bytes.Span;
            for (int at = 0; at < written.Length;)
            {
                int end = Math.Min(written.Length, at + Sector - (int)((record.At + at) % Sector));
                if (random.Next(2) == 0) Put(ref bytes, ref length, (int)record.At + at, written[at..end]);
                at = end;
            }
        }

        private static void Put(ref byte[] bytes, ref int length, int at, ReadOnlySpan<byte> written)
        {
            if (at + written.Length > length) Resize(ref bytes, ref length, at + written.Length);
            written.CopyTo(bytes.AsSpan(at));
        }

        private static void Resize(ref byte[] bytes, ref int length, int wanted)
        {
            if (wanted > bytes.Length) Array.Resize(ref bytes, Math.Max(wanted, 2 * bytes.Length));
            if (wanted < length) bytes.AsSpan(wanted, length - wanted).Clear();
            length = wanted;
        }
    }
}
