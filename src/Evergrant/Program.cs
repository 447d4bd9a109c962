Console.WriteLine("evergrant");
