using System.Buffers.Binary;
using System.Text;

namespace Evergrant.Fire.Postgres.Proxy;

/// <summary>Follows what a client sends to PostgreSQL and finds the statements that it has executed (protocol 3.0: Query, and Execute of what was parsed and bound).</summary>
/// <remarks>For one connection, in the order of its bytes. Encrypted connections tell nothing.</remarks>
internal sealed class SentStatements
{
    private const int Head = 4, Request = 8, ProtocolOfStartup = 196608;

    private readonly Dictionary<string, string> _parsed = [];
    private byte[] _rest = [];
    private bool _started;
    private string _bound = "";

    /// <summary>Takes the next bytes.</summary>
    /// <returns>The statements whose execution was asked for in them: the text, and where in these bytes the order to execute it ends.</returns>
    public IReadOnlyList<(string Sql, int End)> Take(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. _rest, .. bytes];
        List<(string, int)> found = [];
        List<string> texts = [];
        int before = _rest.Length, at = 0;
        while (Next(all.AsSpan(at), texts) is var length and > 0)
        {
            at += length;
            foreach (string text in texts) found.Add((text, at - before));
            texts.Clear();
        }
        _rest = all[at..];
        return found;
    }

    // The length of the message at the start; 0 when it is not whole.
    private int Next(ReadOnlySpan<byte> bytes, List<string> found)
    {
        // The first messages have no type: requests for encryption, then the startup message.
        int type = _started ? 1 : 0;
        if (bytes.Length < type + Head) return 0;
        int length = type + BinaryPrimitives.ReadInt32BigEndian(bytes[type..]);
        if (bytes.Length < length) return 0;
        if (!_started)
        {
            _started = length > Request && BinaryPrimitives.ReadInt32BigEndian(bytes[Head..]) == ProtocolOfStartup;
            return length;
        }
        ReadOnlySpan<byte> body = bytes[(type + Head)..length];
        switch ((char)bytes[0])
        {
            case 'Q':
                found.Add(Text(ref body));
                break;
            case 'P':
                string name = Text(ref body);
                _parsed[name] = Text(ref body);
                break;
            case 'B':
                _ = Text(ref body);
                _bound = _parsed.GetValueOrDefault(Text(ref body), "");
                break;
            case 'E':
                found.Add(_bound);
                break;
        }
        return length;
    }

    private static string Text(ref ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(body[..end]);
        body = body[(end + 1)..];
        return text;
    }
}
