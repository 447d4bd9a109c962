using System.Globalization;
using System.Text;

namespace Evergrant.Pages.QrCodes;

/// <summary>A QR code as a picture: dark on light with the quiet zone of four modules, whatever the colours of the page around it.</summary>
internal static class QrSvg
{
    private const int Quiet = 4;

    /// <summary>The SVG document.</summary>
    /// <param name="code">The code.</param>
    public static string Of(QrCode code)
    {
        int side = code.Size + (2 * Quiet);
        var path = new StringBuilder();
        for (int row = 0; row < code.Size; row++)
        {
            for (int column = 0; column < code.Size; column++)
            {
                if (!code[row, column]) continue;
                int begin = column;
                while (column + 1 < code.Size && code[row, column + 1]) column++;
                path.Append(CultureInfo.InvariantCulture, $"M{begin + Quiet} {row + Quiet}h{column - begin + 1}v1h-{column - begin + 1}z");
            }
        }
        return string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\"><title>QR code</title><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>");
    }
}
