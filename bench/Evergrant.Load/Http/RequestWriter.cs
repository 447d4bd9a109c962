using System.Text;

namespace Evergrant.Load.Http;

/// <summary>Writes whole HTTP/1.1 requests into one reused buffer. Not thread-safe.</summary>
internal sealed class RequestWriter(Uri server)
{
    private readonly StringBuilder text = new(1024);
    private byte[] bytes = new byte[4096];

    /// <summary>A form post; <paramref name="headers"/> are whole lines, each ending in CR LF.</summary>
    public ReadOnlyMemory<byte> Post(string path, string form, string headers = "")
    {
        text.Clear();
        text.Append("POST ").Append(path).Append(" HTTP/1.1\r\nHost: ").Append(server.Authority)
            .Append("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ").Append(form.Length).Append("\r\n")
            .Append(headers).Append("\r\n").Append(form);
        return Encoded();
    }

    /// <summary>A GET; <paramref name="headers"/> are whole lines, each ending in CR LF.</summary>
    public ReadOnlyMemory<byte> Get(string path, string headers = "")
    {
        text.Clear();
        text.Append("GET ").Append(path).Append(" HTTP/1.1\r\nHost: ").Append(server.Authority).Append("\r\n").Append(headers).Append("\r\n");
        return Encoded();
    }

    /// <summary>Name and value pairs as a form or query.</summary>
    public static string Form(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var form = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            if (form.Length > 0) form.Append('&');
            form.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return form.ToString();
    }

    private ReadOnlyMemory<byte> Encoded()
    {
        var whole = text.ToString();
        if (whole.Length > bytes.Length) bytes = new byte[whole.Length];
        return bytes.AsMemory(0, Encoding.ASCII.GetBytes(whole, bytes));
    }
}
