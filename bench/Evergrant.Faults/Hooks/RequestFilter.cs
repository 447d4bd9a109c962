using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Faults.Hooks;

/// <summary>Stands before the whole server: reads what is asked, changes the request where the mutant wants it, and passes the failpoints of the answer.</summary>
internal sealed class RequestFilter(Mutant mutant, Failpoint failpoint, IServerSecrets secrets, Func<IGrantStore> store) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        mutant.Begin(secrets);
        app.Use(InvokeAsync);
        next(app);
    };

    private async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Method != "POST" || !http.Request.HasFormContentType || !(http.Request.Path.Value is { } path && (path.EndsWith("/token", StringComparison.Ordinal) || path.EndsWith("/revoke", StringComparison.Ordinal) || path.EndsWith("/introspect", StringComparison.Ordinal))))
        {
            await next(http);
            return;
        }
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.ToArray())).ToDictionary(p => p.Key, p => p.Value.ToString());
        (string name, CredentialKind kind) = form.ContainsKey("code") ? ("code", CredentialKind.Code) : (form.ContainsKey("refresh_token") ? "refresh_token" : "token", CredentialKind.RefreshToken);
        string? token = form.GetValueOrDefault(name);
        if (token is not null)
        {
            string instead = await mutant.TokenAsync(store(), secrets, kind, token);
            if (instead != token)
            {
                form[name] = token = instead;
                body = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('&', form.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"))));
                http.Request.ContentLength = body.Length;
            }
        }
        body.Position = 0;
        http.Request.Body = body;
        Asked.Now = new Asked(path, ClientOf(http, form), token is null ? null : GrantCredential.Read(secrets.Credentials, kind, token));
        if (path.EndsWith("/token", StringComparison.Ordinal))
        {
            http.Response.OnStarting(() =>
            {
                if (http.Response.StatusCode == 200) failpoint.Pass(FailpointPlace.BeforeSend);
                return Task.CompletedTask;
            });
        }
        await AnswerAsync(http, next, Asked.Now);
        if (path.EndsWith("/token", StringComparison.Ordinal) && http.Response.StatusCode == 200)
        {
            await http.Response.CompleteAsync();
            failpoint.Pass(FailpointPlace.AfterSend);
        }
    }

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next, Asked asked)
    {
        Stream wire = http.Response.Body;
        var held = new MemoryStream();
        http.Response.Body = held;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = wire;
        }
        byte[] bytes = held.ToArray();
        if (asked.Instead is { } instead)
        {
            string text = Encoding.UTF8.GetString(bytes);
            const string Opening = "\"refresh_token\":\"";
            int at = text.IndexOf(Opening, StringComparison.Ordinal);
            if (at >= 0)
            {
                at += Opening.Length;
                bytes = Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, at), instead, text.AsSpan(text.IndexOf('"', at))));
                http.Response.ContentLength = bytes.Length;
            }
        }
        await wire.WriteAsync(bytes);
    }

    private static string? ClientOf(HttpContext http, Dictionary<string, string> form)
    {
        string header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal)) return form.GetValueOrDefault("client_id");
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':')[0];
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
