using System.Buffers;
using System.Text;
using Evergrant.AspNetCore.Authorize;
using Evergrant.Pages.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.Extensions.ObjectPool;

namespace Evergrant.Pages;

/// <summary>Renders a page to HTML and answers with it. Nothing of it runs in the browser, and nothing of it waits for data: what it shows is its one parameter.</summary>
internal sealed class PageWriter(IServiceProvider services, ILoggerFactory loggers)
{
    // Characters: what most pages have less than, and what is not kept for the next page.
    private const int UsualLength = 8192, LargestKept = 65_536;

    private readonly ObjectPool<StringBuilder> _texts = new DefaultObjectPoolProvider().CreateStringBuilderPool(UsualLength, LargestKept);

    /// <summary>Answers with a page.</summary>
    /// <typeparam name="TView">Component with a parameter named Page.</typeparam>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What the page shows.</param>
    /// <param name="status">HTTP status; null leaves what is set.</param>
    /// <param name="formOrigin">See <see cref="PageHeaders.Apply"/>.</param>
    /// <param name="nonce">See <see cref="PageHeaders.Apply"/>.</param>
    /// <param name="scripts">See <see cref="PageHeaders.Apply"/>.</param>
    /// <param name="frames">See <see cref="PageHeaders.Apply"/>.</param>
    /// <param name="opener">See <see cref="PageHeaders.Apply"/>.</param>
    /// <param name="framedBy">See <see cref="PageHeaders.Apply"/>.</param>
    public async Task WriteAsync<TView>(
        HttpContext http, object page, int? status = 200, string? formOrigin = null, string? nonce = null, bool scripts = false, IReadOnlyList<string>? frames = null, bool opener = false, string? framedBy = null)
        where TView : IComponent
    {
        StringBuilder text = _texts.Get();
        char[] html = [];
        try
        {
            await using (HtmlRenderer renderer = new(services, loggers)) await renderer.Dispatcher.InvokeAsync(() => RenderAsync<TView>(renderer, page, text));
            html = ArrayPool<char>.Shared.Rent(text.Length);
            text.CopyTo(0, html, text.Length);
            if (status is { } code) http.Response.StatusCode = code;
            PageHeaders.Apply(http, formOrigin, nonce, scripts, frames, opener, framedBy);
            http.Response.ContentType = "text/html; charset=utf-8";
            int length = Encoding.UTF8.GetByteCount(html, 0, text.Length);
            http.Response.ContentLength = length;
            http.Response.BodyWriter.Advance(Encoding.UTF8.GetBytes(html.AsSpan(0, text.Length), http.Response.BodyWriter.GetSpan(length)));
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            if (html.Length > 0) ArrayPool<char>.Shared.Return(html);
            _texts.Return(text);
        }
    }

    private static async Task RenderAsync<TView>(HtmlRenderer renderer, object page, StringBuilder text)
        where TView : IComponent
    {
        ParameterView parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Page"] = page });
        HtmlRootComponent view = await renderer.RenderComponentAsync<TView>(parameters);
        text.Append("<!DOCTYPE html>\n");
        await using StringWriter writer = new(text, System.Globalization.CultureInfo.InvariantCulture);
        view.WriteHtmlTo(writer);
    }

    /// <summary>Answers a form that is not taken.</summary>
    public Task RefuseAsync(HttpContext http, FormFault fault) =>
        WriteAsync<ErrorNotice>(http, new ErrorPage("That did not work", fault.Text, null, null), fault.Status);

    /// <summary>Answers that the server cannot do it now.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="retryAfter">When to ask again.</param>
    /// <param name="status">503, or 429 when the fault is the caller's.</param>
    public Task NotNowAsync(HttpContext http, TimeSpan retryAfter, int status = 503)
    {
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling(Math.Max(1, retryAfter.TotalSeconds))).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string text = status == 429 ? "There were too many attempts from your network. Wait a little and try again." : "The server is busy. Wait a few seconds and try again.";
        return WriteAsync<ErrorNotice>(http, new ErrorPage("Not now", text, null, null), status);
    }

    /// <summary>Answers with a redirect to one of our own pages, to be fetched with GET.</summary>
    public static void SeeOther(HttpContext http, string path)
    {
        PageHeaders.ApplyRedirect(http);
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = path;
    }
}
