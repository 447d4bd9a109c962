using System.Security.Cryptography;

namespace Evergrant.Pages;

/// <summary>Files that are part of the program: the style sheet and the icon, under addresses that change with their content.</summary>
internal static class PageAssets
{
    private static readonly byte[] Css = Read("Evergrant.Pages.evergrant.css");
    private static readonly byte[] Icon = Read("Evergrant.Pages.evergrant.svg");

    /// <summary>Path of the style sheet.</summary>
    public static readonly string CssPath = PathOf(Css, "css");

    /// <summary>Path of the icon.</summary>
    public static readonly string IconPath = PathOf(Icon, "svg");

    /// <summary>Answers with the style sheet.</summary>
    public static Task WriteCssAsync(HttpContext http) => WriteAsync(http, Css, "text/css; charset=utf-8", immutable: true);

    /// <summary>Answers with the icon.</summary>
    public static Task WriteIconAsync(HttpContext http) => WriteAsync(http, Icon, "image/svg+xml", immutable: true);

    /// <summary>Answers with a file.</summary>
    public static Task WriteAsync(HttpContext http, byte[] content, string type, bool immutable)
    {
        PageHeaders.ApplyAsset(http, immutable);
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        return http.Response.Body.WriteAsync(content, http.RequestAborted).AsTask();
    }

    /// <summary>Reads an embedded file.</summary>
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string PathOf(byte[] content, string extension) =>
        $"/assets/evergrant.{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}.{extension}";
}
