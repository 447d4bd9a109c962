using System.Text;
using Evergrant.AspNetCore;
using Evergrant.Protocol.DeviceAuthorization;

namespace Evergrant.Pages.QrCodes;

/// <summary>GET P/device/qr: verification_uri_complete (RFC 8628 section 3.3.1) as a picture, for devices that can show one and make none.</summary>
/// <remarks>It draws the address of this server's own page for any code of the right form and looks none up: nobody learns by it which codes there are.</remarks>
internal sealed class DeviceQrEndpoint(IssuerSites sites)
{
    /// <summary>Answers with the picture, or with 404 for what is no user code.</summary>
    public async Task ShowAsync(HttpContext http)
    {
        QrCode? code = UserCode.Read(http.Request.Query["user_code"]) is { } letters ? QrCode.Of($"{sites.Of(http).Base}/device?user_code={UserCode.Shown(letters)}") : null;
        PageHeaders.ApplyAsset(http, immutable: false);
        // It is meant for a page or an app of the device's.
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        http.Response.Headers.CacheControl = "no-store";
        if (code is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        byte[] picture = Encoding.UTF8.GetBytes(QrSvg.Of(code));
        http.Response.ContentType = "image/svg+xml";
        http.Response.ContentLength = picture.Length;
        if (HttpMethods.IsGet(http.Request.Method)) await http.Response.Body.WriteAsync(picture, http.RequestAborted);
    }
}
