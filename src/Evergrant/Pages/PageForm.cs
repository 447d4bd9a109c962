using System.Text;
using Evergrant.AspNetCore;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Evergrant.Pages;

/// <summary>Reads the forms that our own pages post: few fields, each once, from this origin.</summary>
internal sealed class PageForm
{
    /// <summary>Bytes of body at most.</summary>
    public const int BodyLimit = 64 * 1024;

    private readonly Dictionary<string, StringValues> _fields;

    private PageForm(Dictionary<string, StringValues> fields) => _fields = fields;

    /// <summary>A field's value; null when it is absent.</summary>
    public string? this[string name] => _fields.TryGetValue(name, out StringValues values) ? values[0] : null;

    /// <summary>Reads the form of a request.</summary>
    /// <returns>The form, or the status and the words with which to refuse it.</returns>
    public static async ValueTask<(PageForm? Form, FormFault? Fault)> ReadAsync(HttpContext http)
    {
        if (!FormOrigin.IsOwn(http)) return (null, FormFault.FromElsewhere);
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) || http.Request.Headers.ContentEncoding.Count > 0) return (null, FormFault.NotAForm);
        if (http.Request.ContentLength > BodyLimit) return (null, FormFault.TooLarge);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = BodyLimit;
        try
        {
            FormPipeReader reader = new(http.Request.BodyReader, Encoding.UTF8) { ValueCountLimit = 64, KeyLengthLimit = 256, ValueLengthLimit = 40 * 1024 };
            Dictionary<string, StringValues> fields = await reader.ReadFormAsync(http.RequestAborted);
            return fields.Values.Any(v => v.Count > 1 || v[0]!.Contains('\0')) ? (null, FormFault.Malformed) : (new PageForm(fields), null);
        }
        catch (InvalidDataException)
        {
            return (null, FormFault.Malformed);
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? FormFault.TooLarge : FormFault.Malformed);
        }
    }
}

/// <summary>Why a form is not taken.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">A sentence for the person.</param>
internal sealed record FormFault(int Status, string Text)
{
    public static readonly FormFault FromElsewhere = new(403, "This form was sent from another site. Nothing was done.");
    public static readonly FormFault NotAForm = new(415, "What was sent is not a form.");
    public static readonly FormFault TooLarge = new(413, "What was sent is too large.");
    public static readonly FormFault Malformed = new(400, "What was sent cannot be read.");
    public static readonly FormFault TooOld = new(400, "This form is too old, or was opened by somebody else in this browser. Go back, load the page again and repeat the step.");
}
