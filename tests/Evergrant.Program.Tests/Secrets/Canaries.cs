using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Evergrant.Program.Tests.Secrets;

/// <summary>Secrets that were planted, and the search for each of them in every form that it could have been written in.</summary>
internal sealed class Canaries
{
    private readonly List<(string Name, byte[][] Forms)> _planted = [];
    private readonly HashSet<string> _known = [];

    /// <summary>How many there are.</summary>
    public int Count => _planted.Count;

    /// <summary>Kinds that were planted.</summary>
    public IEnumerable<string> Names => _planted.Select(p => p.Name).Distinct();

    /// <summary>Plants a text.</summary>
    public string Plant(string name, string secret)
    {
        if (secret.Length < 8) throw new ArgumentException($"{name} is too short to be searched for", nameof(secret));
        if (_known.Add(secret)) _planted.Add((name, [.. FormsOf(secret)]));
        return secret;
    }

    /// <summary>Plants bytes, such as a key.</summary>
    public void Plant(string name, byte[] secret) => _planted.Add((name, [.. FormsOf(secret), secret]));

    /// <summary>Plants a token: the whole of it, and the part that proves it.</summary>
    public string PlantToken(string name, string token)
    {
        Plant(name, token);
        if (token.Count(c => c == '.') == 2) Plant(name + " (signature)", token[(token.LastIndexOf('.') + 1)..]);
        else Plant(name + " (tag)", token[^40..]);
        return token;
    }

    /// <summary>Names of the secrets that stand in a text or file.</summary>
    public IEnumerable<string> FindIn(byte[] haystack) => _planted.Where(p => p.Forms.Any(form => haystack.AsSpan().IndexOf(form) >= 0)).Select(p => p.Name);

    /// <summary>Every form of a text: as it is, in JSON, HTML and URLs, in base64 at any place of a longer text, in hexadecimal.</summary>
    public static IEnumerable<byte[]> FormsOf(string secret)
    {
        string[] texts =
        [
            secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), WebUtility.HtmlEncode(secret),
            JsonEncodedText.Encode(secret).ToString(), JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        ];
        IEnumerable<byte[]> plain = texts.Distinct().Select(Encoding.UTF8.GetBytes).Append(Encoding.Unicode.GetBytes(secret));
        return plain.Concat(FormsOf(Encoding.UTF8.GetBytes(secret)));
    }

    /// <summary>Every form of bytes but the bytes themselves.</summary>
    public static IEnumerable<byte[]> FormsOf(byte[] secret)
    {
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(secret));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret));
        yield return Encoding.ASCII.GetBytes(BitConverter.ToString(secret));
        for (int before = 0; before < 3; before++)
        {
            // What stands before it in a longer text shifts it by 0, 1 or 2 bytes; the letters that it shares with its neighbours are left out.
            byte[] shifted = [.. new byte[before], .. secret];
            int first = before == 0 ? 0 : before + 1, end = shifted.Length * 8 / 6;
            yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(shifted)[first..end]);
            yield return Encoding.ASCII.GetBytes(Base64Url.EncodeToString(shifted)[first..end]);
            yield return Encoding.ASCII.GetBytes(JsonEncodedText.Encode(Convert.ToBase64String(shifted)[first..end]).ToString());
        }
    }
}
