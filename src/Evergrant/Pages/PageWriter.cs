using System.Text;
using Evergrant.AspNetCore.Authorize;
using Evergrant.Pages.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;

namespace Evergrant.Pages;

/// <summary>Renders a page to HTML and answers with it. Nothing of it runs in the browser, and nothing of it waits for data: what it shows is its one parameter.</summary>
internal sealed class PageWriter(IServiceProvider services, ILoggerFactory loggers)
{
    /// <summary>Characters that most pages have less than.</summary>
    private const int UsualLength = 8192;

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
        byte[] html;
        await using (HtmlRenderer renderer = new(services, loggers))
        {
            html = await renderer.Dispatcher.InvokeAsync(async () =>
            {
                ParameterView parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Page"] = page });
                HtmlRootComponent view = await renderer.RenderComponentAsync<TView>(parameters);
                StringBuilder text = new("<!DOCTYPE html>\n", UsualLength);
                await using (StringWriter writer = new(text, System.Globalization.CultureInfo.InvariantCulture)) view.WriteHtmlTo(writer);
                return Encoding.UTF8.GetBytes(text.ToString());
            });
        }
        if (status is { } code) http.Response.StatusCode = code;
        PageHeaders.Apply(http, formOrigin, nonce, scripts, frames, opener, framedBy);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = html.Length;
        await http.Response.Body.WriteAsync(html, http.RequestAborted);
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
